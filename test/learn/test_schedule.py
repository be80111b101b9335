from rt_grasp_ros.learn.schedule import warm_cosine


def test_it_rises_once_and_falls_to_the_floor():
    rates = [warm_cosine(step, 200, 20, 0.05) for step in range(200)]
    peak = rates.index(max(rates))
    assert 15 <= peak <= 20
    assert rates[:peak] == sorted(rates[:peak])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert 0.05 <= rates[-1] < 0.06
