"""Addresses of customers, meters and readings."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.billing.pages import (
    customer_views,
    estimate_views,
    file_views,
    joining_views,
    reading_views,
)
from yifen.trades.billing.pages.customer_lists import CUSTOMERS, DOUBTS, FILES

_ONE = "billing/customers/<int:customer_id>/"
_FILE, _DOUBT = "billing/files/<int:file_id>/", "billing/readings/<int:doubt_id>/"
urlpatterns = [
    *list_urls(CUSTOMERS),
    *list_urls(DOUBTS),
    *list_urls(FILES),
    path(_ONE, customer_views.billing_customer, name="billing_customer"),
    path(f"{_ONE}reading/", customer_views.billing_reading, name="billing_reading"),
    path(f"{_ONE}swap/", customer_views.billing_swap, name="billing_swap"),
    path(f"{_ONE}holder/", customer_views.billing_holder, name="billing_holder"),
    path(f"{_ONE}move/", customer_views.billing_move, name="billing_move"),
    path(f"{_ONE}close/", customer_views.billing_close, name="billing_close"),
    path(f"{_ONE}merge/", joining_views.billing_merge, name="billing_merge"),
    path(f"{_ONE}split/", joining_views.billing_split, name="billing_split"),
    path(f"{_ONE}arrears/", joining_views.billing_take_over, name="billing_take_over"),
    path(f"{_ONE}contact/", joining_views.billing_contact, name="billing_contact"),
    path("billing/readings/usage/", reading_views.billing_usage, name="billing_usage"),
    path("billing/readings/estimates/", estimate_views.billing_estimates, name="billing_estimates"),
    path("billing/readings/estimates/all/", estimate_views.billing_estimate_all, name="billing_estimate_all"),
    path("billing/readings/sheet/", reading_views.billing_sheet, name="billing_sheet"),
    path("billing/readings/upload/", file_views.billing_readings_upload, name="billing_readings_upload"),
    path(_DOUBT, reading_views.billing_doubt, name="billing_doubt"),
    path(f"{_DOUBT}accept/", reading_views.billing_accept, name="billing_accept"),
    path(f"{_DOUBT}estimate/", reading_views.billing_estimate, name="billing_estimate"),
    path("billing/files/customers/", file_views.billing_customers_upload, name="billing_customers_upload"),
    path(_FILE, file_views.billing_file, name="billing_file"),
    path(f"{_FILE}propose/", file_views.billing_file_propose, name="billing_file_propose"),
    path(f"{_FILE}take/", file_views.billing_file_take, name="billing_file_take"),
    path(f"{_FILE}wrong/", file_views.billing_file_faults, name="billing_file_faults"),
]
