"""The page as a person uses it: in headless Chromium, real nodes and a fake robot behind it."""

import re
import shutil
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from arm_world import FakeArm, assert_stands_still, executor_node
from playwright.sync_api import expect, sync_playwright
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from world import FakeCamera, World

from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.ros.browser.browser_node import BrowserNode
from rt_grasp_ros.ros.perception.perception_node import PerceptionNode

pytestmark = [pytest.mark.ros, pytest.mark.browser, pytest.mark.timeout(600)]


STOPPED = re.compile("CANCELLED|told to stand still")  # whichever reply comes last
TIMEOUT_MS = 120_000
PACE_MS = 200
FLAGS = [
    "--no-sandbox",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
NOWHERE_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


def parameters(**values):
    return [Parameter(name, value=value) for name, value in values.items()]


@pytest.fixture(scope="module")
def nodes():
    """Camera, robot, perception, executor, and the page."""
    world = World()
    world.add(FakeCamera(world))
    arm = world.add(FakeArm(world))
    executor = executor_node(world)
    perception = PerceptionNode(
        engine=EngineSource("fake_engines:well_behaved"),
        context=world.context,
        parameter_overrides=parameters(model_timeout_s=100.0, frame_timeout_s=30.0),
    )
    world.add(perception)
    options = parameters(port=0, command="grasp the box", picture_rate_hz=1.0)
    browser = world.add(BrowserNode(context=world.context, parameter_overrides=options))
    world.start()
    arm.publish_camera_pose()
    assert perception.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert perception.trigger_activate() == TransitionCallbackReturn.SUCCESS
    yield arm, executor, browser
    executor.stop_motion(10.0)
    world.stop()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("chromium"),
            executable_path=shutil.which("chromium"),
            args=[*FLAGS, NOWHERE_ELSE],
            viewport={"width": 720, "height": 900},
        )
        context.set_default_timeout(TIMEOUT_MS)
        expect.set_options(timeout=TIMEOUT_MS)
        yield context
        context.close()


@pytest.fixture(scope="module")
def asked_for():
    """Every address that the page asked for."""
    return []


@pytest.fixture(scope="module")
def page(nodes, chromium, asked_for):
    *_, browser = nodes
    page = chromium.new_page()
    page.on("request", lambda request: asked_for.append(request.url))
    page.on("websocket", lambda websocket: asked_for.append(websocket.url))
    page.goto(browser.url)
    page.get_by_role("button", name="STOP").wait_for()
    page.locator("img[src^='blob:']").first.wait_for()  # what is typed before may be put back
    page.get_by_text("all there.").wait_for()
    return page


def say(page, command, moves, shown):
    """Send a command until the page shows what comes of it.

    Of what changes within 50 ms the page sends the last alone (viser's client,
    `makeThrottledMessageSender`), and on a busy machine, drawn without a GPU, it takes its time: a
    switch, a whole sentence and Enter in one moment may lose the sentence.
    """
    # What was stopped may still be under way for a moment; the page takes no command until then.
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    page.get_by_role("checkbox", name="move the arm").set_checked(moves, force=True)
    box = page.get_by_role("textbox")
    for _ in range(5):
        box.fill("")
        page.wait_for_timeout(PACE_MS)
        box.fill(command)
        page.wait_for_timeout(PACE_MS)
        box.press("Enter")
        with suppress(AssertionError):
            expect(shown).to_be_visible(timeout=TIMEOUT_MS / 6)
            return
    expect(shown).to_be_visible()


def test_the_page_shows_picture_view_and_that_all_is_there(page):
    expect(page.locator("img[src^='blob:']").first).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    expect(page.get_by_text("all there.")).to_be_visible()


def test_a_command_ends_in_reasoning_and_candidates(page):
    reasoning = page.get_by_text("It lies in the middle (grasp the box by its middle).")
    say(page, "grasp the box by its middle", moves=False, shown=reasoning)
    expect(page.get_by_text("the arm was not asked to move")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(1 + 4)


def test_the_reasoning_shows_while_the_model_writes_and_stop_ends_it(page):
    say(page, "grasp the ramble box", False, page.get_by_text(re.compile("^and and")))
    page.get_by_role("button", name="STOP").click(force=True)
    expect(page.get_by_text(STOPPED)).to_be_visible()


def test_stop_halts_an_arm_that_moves(page, nodes):
    arm, _, _ = nodes
    arm.be_home()
    arm.creep_in("arm", 1)
    say(page, "grasp the box", True, page.get_by_text("The arm: pregrasp"))
    assert arm.holds == 0
    page.get_by_role("button", name="STOP").click(force=True)
    expect(page.get_by_text(STOPPED)).to_be_visible()
    assert_stands_still(arm)


def test_the_arm_waits_for_a_word_where_it_is_told_to(page, nodes):
    _, executor, _ = nodes
    executor.set_parameters(parameters(confirm=True))
    refuse = page.get_by_role("button", name="Refuse the plan")
    say(page, "grasp the box", True, refuse)
    refuse.click(force=True)
    expect(page.get_by_text("NOT_CONFIRMED")).to_be_visible()
    expect(page.get_by_role("button", name="Let the arm go")).to_be_hidden()
    executor.set_parameters(parameters(confirm=False))


def test_a_refusal_is_shown_in_one_sentence(page):
    say(page, "grasp the absent box", True, page.get_by_text("OBJECT_NOT_FOUND"))


def test_nothing_left_this_machine(page, asked_for):
    hosts = {urlsplit(url.removeprefix("blob:")).hostname for url in asked_for}
    assert hosts == {"127.0.0.1"}
