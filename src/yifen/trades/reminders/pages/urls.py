"""Addresses of the payer's reminders, of links that end them, and of what people answer."""

from django.urls import path

from yifen.trades.reminders.pages import payer, replies

urlpatterns = [
    path("mine/reminders/", payer.reminders, name="reminders"),
    path("mine/reminders/stop/", payer.reminders_stop, name="reminders_stop"),
    path("mine/reminders/mail/", payer.reminder_mail, name="reminder_mail"),
    path("mine/reminders/mail/<slug:token>/", payer.reminder_mail_code, name="reminder_mail_code"),
    path("mine/reminders/mail/<slug:token>/again/", payer.reminder_mail_again, name="reminder_mail_again"),
    path("mine/reminders/<int:binding>/", payer.reminder_choice, name="reminder_choice"),
    path("stop/<slug:token>/", payer.reminder_stop, name="reminder_stop"),
    path("replies/<slug:company>/<slug:secret>/", replies.sms_replies, name="sms_replies"),
]
