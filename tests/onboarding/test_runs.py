"""A conformance run of a biller's sandbox, from the button to its end, whatever becomes of the worker."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from tests.jobs.running import jobs_of, silence, work
from tests.onboarding.test_way_in import keyed, register, row
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import WORKER


@pytest.fixture
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


def asked(admin: Any, place: Province, code: str) -> str:
    """The page on which a run was asked for; nobody listens at the endpoint."""
    from yifen.core.partners.models import Biller

    register(admin, place, code=code, kind="hosted", category="heat", city="青溪")
    Biller.objects.filter(pk=row(f"{code}-T").pk).update(
        endpoint="http://127.0.0.1:9/", dialect="json", timeout_s=1
    )
    keyed(admin, f"{code}-T")
    page = f"/console/partners/{code}-T/certify/"
    assert admin.post(page, {"account_no": "A1"}).status_code == 302
    return page


def run_of(code: str) -> Any:
    from yifen.trades.onboarding.models import ConformanceRun

    return ConformanceRun.objects.get(partner=row(f"{code}-T"))


def test_a_run_waits_for_a_worker_and_has_its_report_then(place, admin):
    page = asked(admin, place, "HEATA")
    assert "没有作业进程在运行，请管理员启动 worker。" in admin.get(page).content.decode()
    assert admin.post(page, {"account_no": "A1"}).status_code == 200  # one at a time
    work(place.database)
    run = run_of("HEATA")
    assert (run.ok, run.fault, run.report["failed"] > 0) == (False, "", True)
    assert "没有作业进程在运行" not in admin.get(page).content.decode()


def test_a_run_whose_worker_died_has_failed(place, admin):
    from yifen.core.jobs.keeping import rescue

    page = asked(admin, place, "HEATB")
    with psycopg.connect(place.database.app_url) as conn:
        conn.execute("SELECT procrastinate_fetch_job_v2(NULL, (SELECT worker_id FROM"
                     " procrastinate_register_worker_v1()))")  # fmt: skip
    with site.as_process(WORKER):
        rescue(lambda: False)
    assert run_of("HEATB").ended_at is None
    silence(place.database)
    with site.as_process(WORKER):
        rescue(lambda: False)
    assert (run_of("HEATB").ok, run_of("HEATB").fault) == (False, "interrupted")
    assert jobs_of(place.database, "onboarding.certify") == [("failed", 1)]
    assert "正在测试" not in admin.get(page).content.decode()


def test_a_run_of_the_version_before_is_over(place, admin):
    """It has no job: the process that ran it is gone."""
    from yifen.trades.onboarding.models import ConformanceRun
    from yifen.trades.onboarding.operations import conformance

    twin = row(place.own.biller_code)
    run = ConformanceRun.objects.create(
        partner=twin, asked_by=place.users["developer"], began_at=datetime.now(UTC)
    )
    assert conformance.going_on(twin) is None
    run.refresh_from_db()
    assert (run.ok, run.fault) == (False, "interrupted")
