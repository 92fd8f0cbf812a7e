"""A payer turns reminders on and off on a phone; his pages are accessible in both themes and fit."""

import re

from playwright.sync_api import expect

from tests.browser.looking import AXE, faults


def test_a_payer_turns_reminders_on_confirms_his_mail_and_turns_them_off(place, new_page):
    phone, own = new_page(360, 740, phone=True), place.province.own
    phone.context.add_init_script(AXE)
    phone.goto(f"/bind/{own.biller_code}/{own.account_no}")
    phone.fill("[name=phone]", "13700137000")
    phone.get_by_role("button", name="发送验证码").click()
    phone.fill("[name=code]", re.search(r"验证码 (\d{6})", phone.locator("main").inner_text())[1])
    phone.get_by_role("button", name="确定").click()
    phone.get_by_role("button", name="绑定").click()
    phone.get_by_role("link", name="缴费提醒").click()
    expect(phone.locator("main")).to_contain_text("未打开")
    phone.get_by_role("link", name=own.account_no).click()
    choice = phone.url.removeprefix(place.url)
    phone.get_by_label("短信").check()
    phone.get_by_label("18:00").check()
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("main")).to_contain_text("短信 · 9:00、18:00")
    assert place.rows("SELECT channel, hours, soon_days FROM reminder_choice WHERE ended_at IS NULL") == [
        ("sms", [9, 18], 3)]  # fmt: skip
    phone.get_by_label("邮箱").fill("wang.wu@example.cn")
    phone.get_by_role("button", name="发送验证码").click()
    expect(phone.locator("main")).to_contain_text("试用：邮件留在本机")
    code = phone.url.removeprefix(place.url)
    phone.fill("[name=code]", re.search(r"验证码 (\d{6})", phone.locator("main").inner_text())[1])
    phone.get_by_role("button", name="确定").click()
    expect(phone.locator("main")).to_contain_text("邮件发到 w****@example.cn。")
    found = [fault for address in ("/mine/reminders/", choice, code, "/stop/1-s-0/", "/mine/")
             for fault in faults(phone, address, True)]  # fmt: skip
    assert found == []
    phone.goto("/mine/reminders/")
    phone.get_by_role("button", name="关闭全部提醒").click()
    expect(phone.locator("main")).to_contain_text("未打开")
    assert place.rows("SELECT end_why FROM reminder_choice") == [("page",)]
