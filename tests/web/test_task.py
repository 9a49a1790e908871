"""A task's page: what each person reads on it and does with it, with every refusal as a sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_world, warnings
from tests.web.clock import stand_at
from workflows.actions.task import add_evidence
from workflows.models import Comment, Deadline, Evidence, Task

pytestmark = pytest.mark.django_db
URL = "/summits/xxxi/tasks/"


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


def page(client, address: str) -> str:
    answer = client.get(URL + address)
    assert answer.status_code == 200
    return answer.content.decode()


# What it shows ---------------------------------------------------------------------------------------------------


def test_a_delegation_reads_what_is_asked_until_when_by_both_clocks_and_the_answer_comes_first(world, enter):
    html = page(enter("cn_py"), "DOC-03/PY/")
    assert "Send the national contributions" in html
    assert "(Asunción)" in html.split('class="until__main"')[1][:200]
    assert "In the host city" in html
    assert html.index('class="until"') < html.index('id="submit"') < html.index('id="comments"')
    assert 'action="/summits/xxxi/tasks/DOC-03/PY/submit/"' in html
    assert "Declare that there are no comments" in html


def test_which_calendar_moved_it_and_from_where(world, enter):
    deadline = Deadline.objects.get(task=world.task("DOC-03"))
    assert deadline.counted_on != deadline.due_on, "the sample must be one that a calendar moves"
    html = page(enter("spt_officer"), "DOC-03/")
    assert "115 days before the opening day of the Summit." in html
    assert "It is one instant for all: when the day ends in the last capital." in html
    assert "and is moved earlier to the last working day in all capitals." in html


def test_a_parent_lists_its_delegations_in_protocol_order(world, enter):
    html = page(enter("spt_officer"), "DOC-03/")
    assert html.count('class="p-name"') == 22
    assert "0 of 22 received" in html
    assert "Close the window" in html
    assert "Record a note verbale" in html


def test_a_delegation_is_led_from_the_line_to_its_own_part_and_counts_nobody(world, enter):
    html = page(enter("cn_py"), "DOC-03/")
    assert "Open the part of your delegation" in html
    assert "of 22 received" not in html
    assert html.count('class="p-name"') == 1


def test_what_one_may_not_see_is_not_there(enter):
    client = enter("cn_py")
    assert [client.get(URL + address).status_code for address in ("HND-01/", "DOC-03/BR/", "NONE-1/")] == [404, 404, 404]
    assert client.post(f"{URL}DOC-03/BR/submit/", {"evidence": "x"}).status_code == 404


def test_dependencies_stand_both_ways_with_their_state(enter):
    html = page(enter("spt_officer"), "CON-03/")
    assert "Waits for" in html
    assert 'href="/summits/xxxi/tasks/HND-01/"' in html
    assert "These tasks wait for it" in html
    assert 'href="/summits/xxxi/tasks/CON-04/"' in html


def test_what_cannot_be_done_now_has_its_reason_and_its_link(world, enter):
    world.act(world.task("HND-01"), "submit", "spt_officer", evidence="Acta")
    html = page(enter("spt_officer"), "HND-01/")
    assert "The verification falls to someone who did not submit it." in html
    assert 'href="/summits/xxxi/tasks/HND-01/verify/"' not in html
    assert "/recall/" in html
    assert "Your seat prepares and forwards" in page(enter("reviewer_py"), "DOC-03/PY/")


def test_own_drafts_are_marked_and_nobody_else_s_are_shown(world, enter):
    add_evidence(world.task("DOC-03", "PY"), text="Borrador nacional", actor=world.actor("reviewer_py"), now=world.now)
    own = page(enter("cn_py"), "DOC-03/PY/")
    assert "Borrador nacional" in own
    assert "not yet submitted: only your own party sees it" in own
    assert "Borrador nacional" not in page(enter("spt_officer"), "DOC-03/PY/")
    assert "Borrador nacional" not in page(enter("auditor"), "DOC-03/PY/")


def test_reminders_say_whom_they_reach_and_when(enter):
    html = page(enter("spt_officer"), "DOC-03/PY/")
    assert "Still to leave" in html
    assert "National Coordinator" in html.split('id="reminders"')[1]
    assert 'id="reminders"' not in page(enter("cn_py"), "DOC-03/")


def test_a_reason_for_which_it_was_returned_is_said(world, enter):
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    world.act(world.task("DOC-03", "PY"), "return", "spt_officer", reason="Falta el anexo")
    html = page(enter("cn_py"), "DOC-03/PY/")
    assert "A clarification is asked for" in html
    assert "Falta el anexo" in html
    assert "Clarification requested" in html


# What is done ----------------------------------------------------------------------------------------------------


def test_a_delegation_answers_and_gets_its_receipt(world, enter):
    client = enter("cn_py")
    version = world.task("DOC-03", "PY").version
    answer = client.post(f"{URL}DOC-03/PY/submit/", {"evidence": "Nuestros aportes", "version": version}, follow=True)
    assert answer.redirect_chain == [(f"{URL}DOC-03/PY/", 302)]
    assert world.task("DOC-03", "PY").state == "submitted"
    assert "Recall the answer" in answer.content.decode()


def test_nothing_stated_is_refused_with_the_sentence(world, enter):
    answer = enter("cn_py").post(f"{URL}DOC-03/PY/submit/", {"evidence": ""})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "<h1>Send the answer</h1>" in html, "a State answers, it submits nothing for verification"
    assert "(optional)" not in html.split('for="id_evidence"')[1].split("</label>")[0]
    assert world.task("DOC-03", "PY").state == "pending"


def test_what_was_prepared_is_read_before_it_is_sent(world, enter):
    add_evidence(world.task("DOC-03", "PY"), text="Borrador de la Cancillería", actor=world.actor("reviewer_py"), now=world.now)
    html = enter("cn_py").get(f"{URL}DOC-03/PY/submit/").content.decode()
    assert "Borrador de la Cancillería" in html
    assert "optional" in html.split('for="id_evidence"')[1].split("</label>")[0]
    html = enter("spt_officer").get(f"{URL}DOC-03/PY/submit/").content.decode()
    assert "Record an answer on paper" in html
    assert "Borrador de la Cancillería" not in html, "what a delegation prepares is its own"


def test_an_old_page_overwrites_nothing(world, enter):
    task = world.task("DOC-03", "PY")
    world.act(task, "submit", "cn_py", evidence="Aportes")
    answer = enter("spt_officer").post(f"{URL}DOC-03/PY/verify/", {"version": task.version})
    assert answer.status_code == 412
    assert world.task("DOC-03", "PY").state == "submitted"


def test_a_secretariat_records_a_note_of_the_delegation_that_it_chooses(world, enter):
    client = enter("spt_officer")
    assert "Venezuela" in client.get(f"{URL}DOC-03/note/").content.decode()
    answer = client.post(f"{URL}DOC-03/note/", {"party": "PE"})
    assert answer["Location"] == f"{URL}DOC-03/PE/submit/"
    form = client.get(answer["Location"]).content.decode()
    assert "Record an answer on paper" in form
    fields = {"channel": "note_verbale", "note_number": "NV 7/2026", "received_at": "2026-03-01T09:00"}
    assert client.post(answer["Location"], fields).status_code == 302
    task = world.task("DOC-03", "PE")
    assert (task.state, task.channel, task.note_number) == ("submitted", "note_verbale", "NV 7/2026")
    assert f"{task.received_at:%Y-%m-%dT%H:%M}" == "2026-03-01T08:00"


def test_closing_a_window_says_first_how_many_are_pending(world, enter):
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    client = enter("secretary")
    form = client.get(f"{URL}DOC-03/close_window/").content.decode()
    assert "21 answers that are not yet received close with the window" in form
    assert client.post(f"{URL}DOC-03/close_window/", {}).status_code == 422
    fields = {"accepted": ["answers_pending", "answers_to_verify"]}
    assert client.post(f"{URL}DOC-03/close_window/", fields).status_code == 302
    assert world.task("DOC-03").state == "verified"


def test_taking_up_stops_the_recall(world, enter):
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    client = enter("spt_officer")
    assert client.get(f"{URL}DOC-03/PY/take_up/").status_code == 302
    assert world.task("DOC-03", "PY").taken_up_at is None
    assert client.post(f"{URL}DOC-03/PY/take_up/").status_code == 302
    assert world.task("DOC-03", "PY").taken_up_at is not None
    assert "/recall/" not in page(enter("cn_py"), "DOC-03/PY/").split('id="history"')[0].split("withheld")[0]


def test_comments_and_drafts(world, enter):
    client = enter("reviewer_py")
    assert client.post(f"{URL}DOC-03/PY/comment/", {"text": "Lo vemos el lunes"}).status_code == 302
    assert client.post(f"{URL}DOC-03/PY/evidence/", {"text": "Borrador", "url": "https://example.org/b"}).status_code == 302
    assert client.post(f"{URL}DOC-03/PY/comment/", {"text": "  "}).status_code == 400
    assert client.post(f"{URL}DOC-03/PY/evidence/", {"text": "x", "url": "javascript:alert(1)"}).status_code == 400
    assert (Comment.objects.get().text, Evidence.objects.get().text) == ("Lo vemos el lunes", "Borrador")
    assert enter("auditor").post(f"{URL}DOC-03/PY/comment/", {"text": "x"}).status_code == 403


def test_what_was_written_is_never_html(world, enter):
    enter("cn_py").post(f"{URL}DOC-03/PY/comment/", {"text": "<script>alert(1)</script>"})
    html = page(enter("spt_officer"), "DOC-03/PY/")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_a_deadline_is_fixed_by_hand_and_set_by_rule_again(world, enter):
    client = enter("spt_officer")
    deadline = Deadline.objects.get(task=world.task("DOC-04"))
    day = (world.now + timedelta(days=40)).date()
    fields = {"due_at": f"{day}T18:00", "reason": "Acuerdo de la reunión", "version": deadline.version}
    assert client.post(f"{URL}DOC-04/pin/", fields).status_code == 302
    html = page(client, "DOC-04/")
    assert "Fixed by hand: no anchor moves it." in html
    assert "Acuerdo de la reunión" in html
    assert "Moved from" in html
    assert client.post(f"{URL}DOC-04/pin/", fields).status_code == 412
    fields["due_at"] = "2020-01-01T10:00"
    fields["version"] = deadline.version + 1
    assert "The deadline must lie ahead." in client.post(f"{URL}DOC-04/pin/", fields).content.decode()
    rule = {"anchor": "rmre_midterm", "number": "5", "unit": "working_days", "side": "before", "calendar": "host"}
    rule |= {"time_of_day": "end_of_day_host", "reason": "Vuelve a la regla", "version": deadline.version + 1}
    assert client.post(f"{URL}DOC-04/rule/", rule).status_code == 302
    assert "5 working days before" in page(client, "DOC-04/")
    assert enter("cn_py").get(f"{URL}DOC-03/PY/pin/").status_code == 403


def test_a_line_is_changed_by_a_secretariat(world, enter):
    client = enter("secretary")
    task = world.task("DOC-04")
    fields = {
        "title_es": "Redactar el borrador cero y su guía",
        "title_pt": task.title_pt,
        "responsible": task.responsible_id,
        "verified_by": task.verified_by_id,
        "blocks": task.blocks_id,
        "gate": "advisory",
        "depends_on": [world.task("NEG-03").pk],
        "version": task.version,
    }
    assert client.post(f"{URL}DOC-04/change/", fields).status_code == 302
    task = world.task("DOC-04")
    assert (task.title_es, task.gate) == ("Redactar el borrador cero y su guía", "advisory")
    assert [t.code for t in task.depends_on.all()] == ["NEG-03"]
    again = client.post(f"{URL}DOC-04/change/", fields)
    assert again.status_code == 412
    assert enter("cn_py").get(f"{URL}DOC-03/change/").status_code == 403
    client = enter("secretary")
    circle = fields | {"depends_on": [world.task("DOC-04").pk], "version": world.task("NEG-03").version}
    refused = client.post(f"{URL}NEG-03/change/", circle)
    assert "These tasks would wait for each other" in refused.content.decode()


def test_a_party_is_asked_one_by_one(world, enter):
    client = enter("spt_officer")
    assert client.post(f"{URL}SEC-02/ask/", {"party": "AR"}).status_code == 302
    assert Task.objects.get(parent=world.task("SEC-02")).responsible.code == "AR"
    assert client.post(f"{URL}SEC-02/ask/", {"party": "AR"}).status_code == 400
    assert client.post(f"{URL}DOC-03/ask/", {"party": "AR"}).status_code == 400
    assert "See the 1" in client.get("/summits/xxxi/checklist/").content.decode()


@pytest.mark.parametrize("verb", ["fly", "close", "take-up", "note"])
def test_what_does_not_exist_is_refused(enter, verb):
    assert enter("cn_py").post(f"{URL}DOC-03/PY/{verb}/").status_code in {403, 404}


def test_an_unfit_person_is_refused_with_a_sentence(world, enter):
    task = world.task("CON-03")
    world.act(task, "submit", "spt_officer", evidence="Nota", accepted=warnings(task))
    answer = enter("secretary").post(f"{URL}CON-03/verify/")
    assert answer.status_code == 403
    assert "The verification falls to another party." in answer.content.decode()


def test_as_many_queries_for_few_answers_and_comments_as_for_more(world, enter):
    client, few = enter("spt_officer"), 0

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            page(client, address)
        return len(caught)

    parties = (("PY", "cn_py"), ("BR", "cn_br"))
    for number, (party, seat) in enumerate(parties):
        world.act(world.task("DOC-03", party), "submit", seat, evidence="Aportes")
        client.post(f"{URL}DOC-03/comment/", {"text": party})
        count("DOC-03/")
        queries = count("DOC-03/")
        few = few if number else queries
    assert (queries, few <= 45) == (few, True)


def test_a_secretariat_records_no_paper_of_the_other_one(enter):
    assert "Record an answer on paper" not in page(enter("spt_officer"), "CON-04/")
    assert "Record an answer on paper" in page(enter("spt_officer"), "DOC-03/PE/")
