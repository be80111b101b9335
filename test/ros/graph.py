"""What a node uses, as others see it in the graph."""

from rclpy._rclpy_pybind11 import NodeNameNonExistentError


def used_by(observer, name, namespace):
    """Return the names of a node's publishers, subscriptions, services and clients, four sets."""
    try:
        return tuple(
            {entry for entry, _ in ask(name, namespace)}
            for ask in (
                observer.get_publisher_names_and_types_by_node,
                observer.get_subscriber_names_and_types_by_node,
                observer.get_service_names_and_types_by_node,
                observer.get_client_names_and_types_by_node,
            )
        )
    except NodeNameNonExistentError:  # not discovered yet
        return set(), set(), set(), set()
