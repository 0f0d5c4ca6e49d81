"""What tools do, by their names alone; the names are general English, some as public benchmarks have them."""

from __future__ import annotations

import pytest

from runlore.mining.phrases import phrase_tool
from runlore.mining.vocabulary import reading_of, tokens_of

READS = """
get_user_details find_user_id_by_email list_all_airports search_direct_flight search_onestop_flight calculate_total
lookup_customer checkBalance get-order-status orders.get OrderService.GetOrder internal_get_customer
user_get_bookings look_up_policy check_network_status check_sim_status can_send_mms run_speed_test
check_apn_settings get_bills_for_customer get_data_usage verify_identity validate_promo_code estimate_refund
track_shipment view_statement show_room_availability describe_plan count_open_tickets hotel_availability
flight_status account_balance weather_forecast customer_profile fetch_lab_results retrievePatientRecord
query_database is_eligible has_insurance compare_plans order_return_status list_issues get_refund_policy
run_diagnostics generate_report preview_invoice authenticate_user calendar.events.list resolve-library-id
query-docs search_documentation get_cancel_reasons get_transfer_fee check_payment_request read_email checkin_status
employee_leave_balance get_payroll_history monitor_claim check_status_bar get_flight_booking_details
find_open_slots search_and_filter_rooms check_warranty get_order_update list_returns list_transfers getReturnLabel
customer_search user_lookup inventory_check view_order review_history track_order displayCarStatus
estimate_distance get_zipcode_based_on_city find_nearest_tire_shop message_get_login_status view_messages_sent
trading_get_login_status get_stock_info filter_stocks_by_price verify_traveler_information retrieve_invoice
compute_exchange_rate show_account get_patient_chart check_drug_interactions verify_insurance_coverage
account_transactions_list exchange_rate loan_calculator mortgage_rates getAvailableSlots room_types flight_search
hotel.search salesforce_query_records kb_search knowledge_base_lookup search_knowledge_base policy_lookup
read_policy order_history track_package package_tracking get_updates list_open_orders check_refund_status
refund_status get_refill_history get_booking get_reservation_by_confirmation_code find_bookings retrieve_booking
check_transfer_status preview_transfer view_pending_charges check_leave_balance time_off_balance get_device_status
user_get_device_info check_vpn_status check_data_restriction_status check_wifi_calling_status check_app_permissions
check_installed_apps get_shipping_quote inspect_device detect_fraud screen_candidate screenshot analyze_image
describe_image speed_test validate_address who_am_i seat_map fare_rules get_current_time current_date
"""
EFFECTS = """
cancel_pending_order exchange_delivered_order_items modify_pending_order_address return_delivered_order_items
book_reservation update_reservation_flights send_certificate refuel_data enable_roaming suspend_line resume_line
make_payment toggle_data toggle_airplane_mode reboot_device reset_apn_settings reseat_sim_card grant_app_permission
disconnect_vpn set_network_mode_preference turn_on_airplane_mode transfer_funds transferMoney open_account
close_account freeze_card dispute_transaction orderCancel order_cancel user_cancel_booking internal_refund_payment
issues.create IssueService.CreateIssue check_in_guest check_out_guest checkin_passenger schedule_appointment
prescribe_medication refill_prescription admit_patient order_lab_test submit_timesheet request_leave request_refund
approve_expense terminate_employee enroll_benefits run_payroll generate_invoice book_flight place_order return_item
rebook_passenger waive_fee apply_discount add_note update_order_status chat.postMessage gmail_send_email file_claim
report_lost_card block_card get_or_create_customer find_and_update_record create_issue sign_contract publish_post
post_tweet pay_bill upgrade_seat assign_room redeem_points log_call record_payment set_reminder charge_card
refund_order email_customer flight_book calendar_create_event add_to_cart issue_refund verify_and_pay
send_payment_request order_pizza subscription_renew leave_review frobnicate_widget transfer_ownership
transfer_ticket merge_accounts ship_order activate_sim startEngine fillFuelTank pressBrakePedal setCruiseControl
lockDoors adjustClimateControl fund_account notify_price_change set_budget_limit register_credit_card close_ticket
like_song record_vitals schedule_followup order_prescription_refill update_allergy_list transfer_patient
transfer_patient_to_department transfer_employee_to_department order_update_status hotel_book_room
hotel_reservation_create wire_transfer initiate_wire_transfer stop_payment replace_card order_replacement_card
change_pin reset_password unlock_account lock_card set_travel_notice close_out_claim add_baggage change_flight
upgrade_cabin select_seat assign_seat issue_travel_credit issue_certificate compensate_customer
update_passenger_info swap_seats cancel_flight_booking request_room_service request_housekeeping extend_stay
early_checkout late_checkout_request add_special_request post_job offer_job promote_employee change_manager
update_direct_deposit onboard_employee offboard_employee approve_leave deny_leave_request enroll_in_plan
add_dependent create_support_ticket update_ticket tag_conversation reply_to_ticket tickets.update
zendesk_add_comment jira_transition_issue slack_post_message stripe_create_refund hubspot_create_contact send_sms
sendEmail upload_file delete_file move_file write_file enable_wifi_calling turn_off_data_saver_mode toggle_wifi
toggle_roaming grant_permission unseat_sim_card restart_device insert_sim port_number activate_line swap_sim
change_plan add_line remove_line bill_adjustment apply_credit split_bill autopay_enroll setup_autopay
set_up_autopay schedule_payment payment_cancel subscription_cancel subscriptions_pause lead_convert
opportunity_update contact_create refer_patient_to_specialist request_specialist_appointment reserve_table
book_table
"""
DIALOGS = """
transfer_to_human_agents transfer_to_human escalate_ticket human_handoff hand_off_to_agent transferToSupervisor
connect_to_representative end_conversation ask_user hang_up escalate_to_manager transfer_to_agent
route_to_specialist handoff_to_billing_team speak_to_human transfer_to_live_agent transfer_to_tier_2_support
transfer_call transfer_call_to_agent transfer_to_department transfer_conversation_to_human request_human_agent
escalate_case contact_supervisor
"""


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (role, name)
        for role, names in (("read", READS), ("effect", EFFECTS), ("dialog", DIALOGS))
        for name in names.split()
    ],
)
def test_role_by_name(role: str, name: str) -> None:
    assert reading_of(tokens_of(name))[0] == role


@pytest.mark.parametrize(
    "name",
    ["CancelOrder", "cancelOrder", "cancel-order", "orders.cancel_order", "internal_cancel_order", "orderCancel"],
)
def test_writing_and_prefixes_make_no_difference(name: str) -> None:
    assert reading_of(tokens_of(name))[:2] == ("effect", "cancel")


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("cancel_pending_order", "Cancel a pending order"),
        ("exchange_delivered_order_items", "Exchange delivered order items"),
        ("find_user_id_by_name_zip", "Find a user ID by name and zip"),
        ("get_order_details", "Get the order details"),
        ("list_all_product_types", "List all product types"),
        ("transfer_to_human_agents", "Hand over to a human agent"),
        ("mcp__linear-server__create_issue", "Create an issue in Linear"),
        ("mcp__plugin_team_context7__query-docs", "Query docs in Context7"),
        ("OrderService.CancelOrder", "Cancel an order"),
        ("issues.create", "Create an issue"),
        ("subscriptions_pause", "Pause a subscription"),
        ("gmail_send_email", "Send an email in Gmail"),
        ("send_email_to_customer", "Send an email to a customer"),
        ("turn_on_airplane_mode", "Turn on airplane mode"),
        ("enable_roaming", "Enable roaming"),
        ("send_sms", "Send an SMS"),
        ("flight_status", "Look up the flight status"),
        ("search_direct_flight", "Search for a direct flight"),
        ("can_send_mms", "Check whether it can send MMS"),
        ("user_cancel_booking", "Cancel a booking"),
        ("xyzzy", "Run `xyzzy`"),
    ],
)
def test_phrases_read_like_a_colleague_wrote_them(name: str, phrase: str) -> None:
    assert phrase_tool(name) == phrase
