# Included by each package beside this file: builds what rclpy needs of its definitions, no more
# (C types, Fast DDS, Python), unoptimised and in few compiler runs, which halves the time.
set(CMAKE_C_FLAGS_RELEASE "-O0")
set(CMAKE_CXX_FLAGS_RELEASE "-O0")

find_package(ament_cmake REQUIRED)
ament_package_xml()
find_package(rosidl_cmake REQUIRED)
foreach(generator generator_type_description generator_c generator_cpp typesupport_fastrtps_cpp
    typesupport_fastrtps_c typesupport_c generator_py)
  find_package(rosidl_${generator} REQUIRED)
endforeach()
foreach(dependency IN LISTS ${PROJECT_NAME}_BUILD_DEPENDS)
  find_package(${dependency} REQUIRED)
endforeach()

include(${CMAKE_CURRENT_LIST_DIR}/../../cmake/ros_wheels.cmake)
ros_wheels_fix_targets()

file(GLOB interfaces RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS
  msg/*.msg srv/*.srv action/*.action)
rosidl_generate_interfaces(${PROJECT_NAME} ${interfaces}
  DEPENDENCIES ${${PROJECT_NAME}_BUILD_DEPENDS})
ament_package()
