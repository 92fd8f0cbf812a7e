"""Addresses of payers' mandates, and the doors at which partners speak."""

from django.urls import path

from yifen.trades.mandates.doors.words import ASK, CANCEL, DEBIT, READ
from yifen.trades.mandates.pages import payer, push

urlpatterns = [
    path(ASK[1:], push.mandate_push, {"path": ASK}, name="mandate_push_ask"),
    path(CANCEL[1:], push.mandate_push, {"path": CANCEL}, name="mandate_push_cancel"),
    path(DEBIT[1:], push.mandate_push, {"path": DEBIT}, name="mandate_push_debit"),
    path(READ[1:], push.mandate_read, name="mandate_push_read"),
    path("mandates/stop/<slug:number>/<slug:key>/", payer.mandate_stop, name="mandate_stop"),
    path("mine/mandates/", payer.mandates_mine, name="mandates_mine"),
    path("mine/mandates/new/", payer.mandate_new, name="mandate_new"),
    path("mine/mandates/<slug:number>/", payer.mandate_mine, name="mandate_mine"),
    path("mine/mandates/<slug:number>/agree/", payer.mandate_agree, name="mandate_agree"),
    path("mine/mandates/<slug:number>/pay/", payer.mandate_pay, name="mandate_pay"),
    path("mine/mandates/<slug:number>/stop/", payer.mandate_stop_mine, name="mandate_stop_mine"),
]
