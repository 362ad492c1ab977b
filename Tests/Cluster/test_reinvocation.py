"""What comes of a Pod that another webhook changes after ours."""

import pytest
import second_webhook
from pods import container, max_fd, pod, pods_of
from processes import until

PATH = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"


@pytest.fixture(scope="module", autouse=True)
def second(cluster):
    configuration = second_webhook.start(cluster)
    assert cluster.api.create(PATH, configuration).status == 201

    def is_called():
        answer = cluster.api.create(pods_of("off"), pod(labels={"second": "adds"}), dry_run=True)
        return len(answer.body["spec"]["containers"]) == 2

    until("the second webhook is called", is_called)
    yield
    cluster.api.ask("DELETE", f"{PATH}/z-second")


def test_a_container_that_comes_later_gets_the_variable_too(api):
    answer = api.create(pods_of("mutate"), pod(labels={"second": "adds"}))
    assert [max_fd(answer, index) for index in (0, 1)] == ["1048576", "1048576"], answer


def test_a_variable_that_is_taken_away_is_added_again(api):
    answer = api.create(pods_of("mutate"), pod(labels={"second": "removes"}))
    assert answer.status == 201 and max_fd(answer) == "1048576", answer


def test_strict_judges_the_final_pod(api):
    harmless = container("web", "--max-fd", "4096")
    assert api.create(pods_of("strict"), pod(harmless)).status == 201
    answer = api.create(pods_of("strict"), pod(harmless, labels={"second": "adds"}))
    assert answer.status == 403 and "second" in answer.message, answer
