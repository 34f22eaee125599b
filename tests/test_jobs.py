"""Long work: watched, stopped, and leaving nothing when it is; over REST as in a terminal."""

import json
import sys
import threading
import time
from collections import Counter

import pytest
from starlette.testclient import TestClient

import hutuo
import tiny
from asks import ASKS
from hutuo import verbs
from hutuo.api import jobs as module
from hutuo.api.app import Settings, app
from hutuo.api.jobfiles import Board
from hutuo.api.jobs import Jobs
from hutuo.base import deeds, overlay
from hutuo.base.region import Region
from hutuo.cli import main
from hutuo.errors import BadInput, Cancelled, Finding, NotFound, Unavailable
from hutuo.glossary import Text
from hutuo.progress import Progress, listening, report
from hutuo.verbs import Answer, Ask, said, verb

STEP = Text("读取", "reading")
PATIENCE = 20


def until(test):
    """Wait for what must come."""
    end = time.monotonic() + PATIENCE
    while not test():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.005)


class Work:
    """Work that goes on step by step until it is let go."""

    def __init__(self):
        self.begun, self.go = threading.Event(), threading.Event()
        self.steps = 0

    def __call__(self):
        self.begun.set()
        while not self.go.wait(0.005):
            self.steps += 1
            report(min(self.steps / 1000, 0.9), STEP)
        return {"steps": self.steps}


@pytest.fixture
def told():
    return []


@pytest.fixture
def jobs(told):
    opened = Jobs(told.append)
    yield opened
    opened.close()


class TestProgress:
    """Reports and who hears them."""

    def test_what_nobody_listens_to_is_no_fault(self):
        report(0.5, STEP)

    def test_a_listener_hears_what_is_reported_within_its_block(self):
        heard = []
        with listening(heard.append):
            report(0.5, STEP)
            report(None, STEP)
        report(0.9, STEP)
        assert heard == [Progress(0.5, STEP), Progress(None, STEP)]

    def test_a_listener_stops_the_work_by_its_error(self):
        def stop(_):
            raise Cancelled("stopped")

        with listening(stop), pytest.raises(Cancelled):
            report(0.5, STEP)

    def test_other_threads_are_not_heard(self):
        heard = []
        with listening(heard.append):
            other = threading.Thread(target=report, args=(0.5, STEP))
            other.start()
            other.join()
        assert heard == []


class TestJobs:
    """Jobs by themselves."""

    def test_work_that_is_done_has_its_answer(self, jobs):
        job = jobs.start("base/x", lambda: {"a": 1})
        until(lambda: job.state == "done")
        state = jobs.find(job.job).shown("zh")
        assert (state.verb, state.share, state.answer, state.error) == (
            "base/x",
            1,
            {"a": 1},
            None,
        )

    def test_work_shows_its_share_and_step_in_the_language_asked_for(self, jobs):
        work = Work()
        job = jobs.start("base/x", work)
        until(lambda: work.steps > 2)
        zh, en = job.shown("zh"), job.shown("en")
        assert (zh.state, zh.step, en.step) == ("running", "读取", "reading")
        assert 0 < zh.share < 1
        assert zh.answer is None
        work.go.set()
        until(lambda: job.state == "done")

    def test_work_that_fails_tells_its_error_as_every_door_does(self, jobs, told):
        def work():
            raise BadInput("rows are faulty:", [Finding("a.csv", 2, "value", "is no number")])

        job = jobs.start("base/x", work)
        until(lambda: job.state == "failed")
        error = job.shown("zh").error
        assert list(error) == ["error", "message", "hint"]
        assert error["error"] == "bad_input"
        assert "a.csv:2: value: is no number" in error["message"]
        assert told == []

    def test_what_goes_wrong_inside_is_told_to_the_log_only(self, jobs, told):
        def work():
            raise RuntimeError("the inside of the machine")

        job = jobs.start("base/x", work)
        until(lambda: job.state == "failed")
        assert "inside of the machine" not in job.shown("zh").model_dump_json()
        assert [str(error) for error in told] == ["the inside of the machine"]

    def test_work_that_is_stopped_while_it_runs_ends_at_its_next_report(self, jobs):
        work = Work()
        job = jobs.start("base/x", work)
        until(lambda: work.steps > 2)
        job.stop.set()
        until(lambda: job.state == "cancelled")
        state = job.shown("zh")
        assert (state.answer, state.error["error"]) == (None, "cancelled")

    def test_work_that_is_stopped_while_it_waits_never_begins(self, jobs):
        running, waiting = [Work() for _ in range(module.AT_ONCE)], Work()
        for work in running:
            jobs.start("base/x", work)
        job = jobs.start("base/x", waiting)
        assert job.state == "waiting"
        job.stop.set()
        for work in running:
            work.go.set()
        until(lambda: job.state == "cancelled")
        assert not waiting.begun.is_set()

    def test_one_too_many_is_refused(self, jobs):
        work = Work()
        started = [jobs.start("base/x", work) for _ in range(module.AT_ONCE)]
        until(lambda: all(job.state == "running" for job in started))
        started += [jobs.start("base/x", work) for _ in range(module.WAITING)]
        with pytest.raises(Unavailable, match="20 jobs are waiting"):
            jobs.start("base/x", work)
        assert Counter(job.state for job in started) == {"running": 2, "waiting": 20}
        work.go.set()
        until(lambda: all(job.state == "done" for job in started))
        last = jobs.start("base/x", lambda: 1)
        until(lambda: last.state == "done")

    def test_old_answers_are_forgotten_the_oldest_first(self, jobs, monkeypatch):
        monkeypatch.setattr(module, "KEPT", 3)
        started = []
        for number in range(6):
            started.append(jobs.start("base/x", lambda number=number: number))
            until(lambda: started[-1].state == "done")
        with pytest.raises(NotFound, match="no job"):
            jobs.find(started[0].job)
        assert [jobs.find(job.job).answer for job in started[-3:]] == [3, 4, 5]

    def test_a_service_that_ends_stops_its_jobs(self, told):
        opened, work = Jobs(told.append), Work()
        job = opened.start("base/x", work)
        until(work.begun.is_set)
        opened.close()
        assert job.state == "cancelled"


class TestBoard:
    """Jobs of two processes of one service: here two that share nothing but a folder."""

    @pytest.fixture
    def two(self, told, tmp_path):
        both = [Jobs(told.append, tmp_path / "jobs") for _ in range(2)]
        yield both
        for one in both:
            one.close()

    def test_a_job_is_watched_and_answered_elsewhere(self, two):
        here, there = two
        work = Work()
        job = here.start("base/x", work)
        seen = there.find(job.job)
        until(lambda: seen.shown("en").step == "reading")
        assert (seen.state, seen.shown("zh").step) == ("running", "读取")
        assert [one.job for one in there.listed()] == [job.job]
        work.go.set()
        until(lambda: seen.shown("en").state == "done")
        assert seen.shown("zh") == job.shown("zh")
        assert there.find(job.job).answer == {"steps": work.steps}

    def test_a_job_is_stopped_elsewhere(self, two):
        here, there = two
        work = Work()
        job = here.start("base/x", work)
        until(work.begun.is_set)
        there.find(job.job).stop.set()
        until(lambda: job.state == "cancelled")
        until(lambda: there.find(job.job).state == "cancelled")
        assert there.find(job.job).shown("en").error["error"] == "cancelled"

    def test_an_error_is_told_elsewhere_as_it_is_here(self, two, told):
        here, there = two
        faults = [
            BadInput("rows are faulty:", [Finding("a.csv", 2, "value", "is no number")]),
            NotFound(Text("没有", "none"), Text("看看", "look")),
            RuntimeError("the inside of the machine"),
        ]
        for fault in faults:

            def work(fault=fault):
                raise fault

            job = here.start("base/x", work)
            until(lambda job=job: there.find(job.job).state == "failed")
            seen = there.find(job.job)
            assert seen.shown("zh") == job.shown("zh")
            assert type(seen.error) is type(job.error)
        assert len(told) == 1

    def test_nobody_sees_elsewhere_what_he_does_not_see_here(self, two):
        here, there = two
        with deeds.acting(deeds.Actor("one", None, frozenset())):
            job = here.start("base/x", lambda: 1)
        until(lambda: job.state == "done")
        with deeds.acting(deeds.Actor("two", None, frozenset())):
            with pytest.raises(NotFound):
                there.find(job.job)
            assert there.listed() == []

    def test_a_process_that_ends_or_is_killed_takes_its_jobs_with_it(self, two, tmp_path):
        here, there = two
        folder = tmp_path / "jobs"
        ends = here.start("base/x", lambda: 1)
        until(lambda: there.find(ends.job).state == "done")
        here.close()
        with pytest.raises(NotFound, match="no job"):
            there.find(ends.job)
        # A kill lets go of the lock and leaves the rest.
        killed = Board(folder)
        job, work = "k" * 16, there.start("base/x", lambda: 2)
        killed.tell(ends_as(job))
        seen = there.find(job)
        killed._alive.release()
        assert seen.shown("en").state == "cancelled"
        with pytest.raises(NotFound, match="no job"):
            there.find(job)
        assert not list(folder.glob(f"{job}*"))
        until(lambda: work.state == "done")

    @pytest.mark.parametrize("name", ["../board", "a/b", "", "x" * 17, "é" * 16])
    def test_a_name_that_is_none_of_a_job_is_no_file(self, two, name):
        with pytest.raises(NotFound):
            two[0].find(name)


def ends_as(job):
    """What a process tells of a job that runs."""
    rest = {"verb": "base/x", "account": deeds.OWNER, "progress": None, "error": None}
    return {"job": job, "state": "running", **rest}


def noted(region):
    """How often work that was done has left its mark."""
    return region.lake.rows("SELECT count(*) FROM lake.branch WHERE name = 'x'")


class Slow(Ask):
    """How long to go on."""


class Slept(Answer):
    """What came of it."""

    steps: int = said("步数", "number of steps")


@pytest.fixture
def slow():
    """A verb that leaves a mark when it is let go, and is there for one test."""
    work = Work()

    def slow(region: Region, ask: Slow) -> Slept:
        """Go on until let go."""
        with region.lake.change() as connection:
            connection.execute("INSERT INTO lake.branch VALUES ('x', 'x', 'create', now())")
            return Slept(**work())

    slow.__module__ = "hutuo.plan.passing"
    verb("缓慢")(slow)
    yield work
    work.go.set()
    del verbs._verbs["plan", "slow"]


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory, shared_home):
    """A tiny pack for all tests here, none of which leaves anything in it."""
    return tiny.write_pack(tmp_path_factory.mktemp("jobs") / "pack")


@pytest.fixture(scope="module")
def own(own_folder):
    return hutuo.open(str(own_folder))


@pytest.fixture
def client(slow, own, own_folder):
    with TestClient(app(Settings(region=str(own_folder)))) as opened:
        yield opened


class TestRest:
    """``?job=true`` and ``/api/jobs``."""

    def start(self, client, path="plan/slow", ask=None, **query):
        answer = client.post(f"/api/{path}", json=ask or {}, params={"job": True} | query)
        assert answer.status_code == 202, answer.text
        return answer.json()["job"]

    def state(self, client, job, **query):
        answer = client.get(f"/api/jobs/{job}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def test_a_verb_that_runs_as_a_job_gives_the_answer_that_it_gives_otherwise(self, client):
        for lang in ("zh", "en"):
            job = self.start(client, "plan/targets", lang=lang)
            until(lambda job=job: self.state(client, job)["state"] == "done")
            plain = client.post("/api/plan/targets", json={}, params={"lang": lang}).json()
            assert self.state(client, job)["answer"] == plain

    def test_a_running_job_is_watched(self, client, slow):
        job = self.start(client)
        until(lambda: slow.steps > 2)
        state = self.state(client, job, lang="en")
        assert list(state) == ["job", "verb", "state", "share", "step", "answer", "error"]
        assert (state["verb"], state["state"], state["step"]) == (
            "plan/slow",
            "running",
            "reading",
        )
        slow.go.set()
        until(lambda: self.state(client, job)["state"] == "done")
        assert self.state(client, job)["answer"] == {"steps": slow.steps}

    def test_a_job_that_is_stopped_while_it_runs_leaves_nothing(self, client, slow, own):
        before = noted(own)
        job = self.start(client)
        until(lambda: slow.steps > 2)
        assert client.delete(f"/api/jobs/{job}").status_code == 200
        until(lambda: self.state(client, job)["state"] == "cancelled")
        state = self.state(client, job)
        assert (state["answer"], state["error"]["error"]) == (None, "cancelled")
        assert noted(own) == before
        # The lake is free for the next who writes.
        own.create_branch("b")
        overlay.drop(own, "b")

    def test_a_job_that_fails_tells_the_error_of_the_verb(self, client):
        job = self.start(client, "base/table", {"name": "unitz"})
        until(lambda: self.state(client, job)["state"] == "failed")
        plain = client.post("/api/base/table", json={"name": "unitz"}).json()
        assert self.state(client, job)["error"] == plain

    def test_an_ask_that_is_wrong_in_itself_begins_no_job(self, client):
        answer = client.post("/api/base/table?job=true", json={"limit": 0})
        assert (answer.status_code, answer.json()["error"]) == (422, "bad_ask")

    def test_events_tell_how_it_goes_until_it_ends(self, client, slow):
        job = self.start(client)
        threading.Timer(0.6, slow.go.set).start()
        with client.stream("GET", f"/api/jobs/{job}/events?lang=en") as events:
            assert events.headers["content-type"].startswith("text/event-stream")
            lines = [line for line in events.iter_lines() if line]
        states = [json.loads(line.removeprefix("data: ")) for line in lines]
        assert all(line.startswith("data: {") for line in lines)
        assert states[-1] == self.state(client, job, lang="en")
        assert states[-1]["state"] == "done"
        shares = [state["share"] for state in states if state["share"] is not None]
        assert len(states) > 2
        assert shares == sorted(shares)

    def test_events_of_a_job_that_ended_are_its_end(self, client):
        job = self.start(client, "plan/targets")
        until(lambda: self.state(client, job)["state"] == "done")
        (line,) = client.get(f"/api/jobs/{job}/events").text.split()[1:2] or [""]
        assert line.startswith('{"job"')

    @pytest.mark.parametrize("path", ["", "/events"])
    def test_an_unknown_job_is_told(self, client, path):
        answer = client.get(f"/api/jobs/nope{path}")
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
        assert client.delete("/api/jobs/nope").status_code == 404

    def test_one_too_many_is_refused_and_says_so(self, client, slow, monkeypatch):
        monkeypatch.setattr(module, "WAITING", 0)
        answer = client.post("/api/plan/slow?job=true", json={})
        assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")

    def test_a_job_reads_no_path_of_the_machine(self, client, tmp_path):
        log = tmp_path / "log.json"
        log.write_text('{"log": []}')
        ask = {"action": "replay", "name": "c", "file": str(log)}
        job = self.start(client, "base/branch", ask)
        until(lambda: self.state(client, job)["state"] == "failed")
        assert "不是已上传的文件" in self.state(client, job)["error"]["message"]
        plain = client.post("/api/base/branch", json=ask)
        assert (plain.status_code, plain.json()["error"]) == (422, "bad_ask")


@pytest.fixture(scope="module")
def service(little, little_folder):
    """A service that these tests only read from."""
    with TestClient(app(Settings(region=str(little_folder)))) as opened:
        yield opened


class TestSites:
    """Pages of other sites in the owner's browser."""

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
    @pytest.mark.parametrize(
        ("method", "path"),
        [("POST", "/api/base/undo"), ("PUT", "/api/uploads?name=a"), ("DELETE", "/api/jobs/x")],
    )
    def test_they_can_not_make_verbs_write(self, service, site, method, path):
        answer = service.request(method, path, content=b"{}", headers={"sec-fetch-site": site})
        assert (answer.status_code, answer.json()["error"]) == (403, "bad_ask")

    @pytest.mark.parametrize("site", ["same-origin", "none"])
    def test_the_pages_of_the_service_and_programs_can(self, service, site):
        path = "/api/base/put"
        answer = service.post(path, json=ASKS["base/put"], headers={"sec-fetch-site": site})
        assert answer.status_code == 200
        assert service.post(path, json=ASKS["base/put"]).status_code == 200


class Terminal:
    """Standard error as a terminal, or not."""

    def __init__(self, *, tty):
        self.tty, self.text = tty, ""

    def isatty(self):
        return self.tty

    def write(self, text):
        self.text += text
        return len(text)

    def flush(self):
        pass


@pytest.mark.parametrize("tty", [True, False])
def test_a_bar_is_shown_in_a_terminal_only(tty, slow, own_folder, monkeypatch, capsys):
    terminal = Terminal(tty=tty)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    threading.Timer(1.0, slow.go.set).start()
    assert main(["plan", "slow", "--region", str(own_folder), "--lang", "en", "--json"]) == 0
    assert ("reading" in terminal.text) == tty
    assert json.loads(capsys.readouterr().out)["steps"] == slow.steps
    if not tty:
        assert terminal.text == ""


def test_ctrl_c_in_the_middle_leaves_nothing(slow, own, own_folder, monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    before = noted(own)
    monkeypatch.setattr(slow.go, "wait", interrupted)
    assert main(["plan", "slow", "--region", str(own_folder)]) == 130
    assert noted(own) == before
    assert hutuo.open(str(own_folder)).records("unit")
