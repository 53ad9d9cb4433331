/* SPDX-License-Identifier: MIT */
/* test-gateway.c: letters in the queue, next hops that answer this and that, and time that jumps. */
#include "gateway-world.h"

#define QUEUED "received>queued>routed>sending"

START_TEST (a_letter_goes_to_the_next_hop_unchanged)
{
  Fake fake;
  fake_start (&fake, NULL);
  route ("sparta.example", gpo_listener_port (fake.listener));
  guint32 letter = post_letter ("alice@athens.example", "bob@sparta.example");
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 1);
  ck_assert_str_eq (fake.letters->pdata[0], letter_text);
  assert_life (letter, QUEUED ">delivered");
  fake_stop (&fake);
}
END_TEST

START_TEST (a_deferred_letter_is_tried_again)
{
  static const Rule rules[] = { { "RCPT", "450 4.2.1 come back|451 4.3.0 again|250 ok" }, { NULL } };
  Fake fake;
  fake_start (&fake, rules);
  route ("sparta.example", gpo_listener_port (fake.listener));
  guint32 letter = post_letter ("alice@athens.example", "bob@sparta.example");
  wait_state ("deferred");
  GpoQueueItem item = queue_item ();
  ck_assert_int_eq (item.due, gpo_clock_now (office.clock) + 5 * MINUTE);
  ck_assert_uint_eq (item.attempts, 1);
  ck_assert_str_eq (item.reason, "450 4.2.1 come back");
  gpo_clock_jump (office.clock, item.due);
  wait_for (queue_item ().attempts == 2);
  ck_assert_int_eq (queue_item ().due, gpo_clock_now (office.clock) + 15 * MINUTE); /* it waits longer */
  gpo_clock_jump (office.clock, queue_item ().due);
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 1);
  assert_life (letter, QUEUED ">deferred>queued>routed>sending>deferred>queued>routed>sending>delivered");
  ck_assert_uint_eq (count_inbox (), 0);
  fake_stop (&fake);
}
END_TEST

/* What the far end says, or what the letter is, and what the sender is told. */
static const struct
{
  const char *rule;
  Rule answer;
  const char *to;
  GpoBody body;
  gboolean utf8;
  const char *status;
} bounces[] = {
  { "recipient_refused", { "RCPT", "550 5.1.1 no bob" }, "bob@sparta.example", 0, 0, "5.1.1" },
  { "letter_refused", { ".", "554 5.7.1 spam" }, "bob@sparta.example", 0, 0, "5.7.1" },
  { "mail_refused", { "MAIL", "553 5.7.1 not you" }, "bob@sparta.example", 0, 0, "5.7.1" },
  { "greeting_refused", { "", "554 5.3.2 no mail here" }, "bob@sparta.example", 0, 0, "5.3.2" },
  { "eight_bit", { "EHLO", "250 fake.example" }, "bob@sparta.example", GPO_BODY_8BITMIME, 0, "5.6.3" },
  { "utf8", { "EHLO", "250 fake.example" }, "bob@sparta.example", 0, TRUE, "5.6.7" },
  { "too_big", { "EHLO", "250-fake.example\r\n250 SIZE 10" }, "bob@sparta.example", 0, 0, "5.3.4" },
  { "no_such_domain", { NULL }, "bob@nowhere.example", 0, 0, "5.1.2" },
  { "own_name_is_best_mx", { NULL }, "bob@loop.example", 0, 0, "5.4.6" },
  { "null_mx", { NULL }, "bob@null.example", 0, 0, "5.1.10" },
};

static void
mx_free (gpointer data)
{
  g_free (((GpoMx *) data)->exchange);
  g_free (data);
}

static void
add_mx (const char *domain, guint preference, const char *exchange)
{
  GpoZoneEntry *entry = g_hash_table_lookup (office.world->zone, domain);
  if (!entry)
    {
      entry = g_new0 (GpoZoneEntry, 1);
      entry->domain = g_strdup (domain);
      entry->mx = g_ptr_array_new_with_free_func (mx_free);
      g_hash_table_insert (office.world->zone, entry->domain, entry);
    }
  GpoMx *mx = g_new (GpoMx, 1);
  *mx = (GpoMx){ preference, g_strdup (exchange) };
  g_ptr_array_add (entry->mx, mx);
}

START_TEST (what_fails_is_told_to_the_sender)
{
  Rule rules[] = { bounces[_i].answer, { NULL } };
  Fake fake;
  guint n;
  fake_start (&fake, rules);
  route ("sparta.example", gpo_listener_port (fake.listener));
  add_mx ("loop.example", 10, "athens.example");
  add_mx ("loop.example", 20, "other.example");
  add_mx ("null.example", 0, ".");
  GpoEnvelope *envelope = envelope_to ("alice@athens.example", bounces[_i].to);
  envelope->body = bounces[_i].body;
  envelope->smtputf8 = bounces[_i].utf8;
  guint32 letter = post_envelope (envelope);
  wait_empty ();
  g_autofree char *report = read_inbox (&n);
  g_autofree char *status = g_strdup_printf ("Status: %s\r\n", bounces[_i].status);
  ck_assert_msg (n == 1 && strstr (report, status), "%s: no %s in %s", bounces[_i].rule, status, report);
  ck_assert_ptr_nonnull (strstr (report, "Action: failed\r\n"));
  ck_assert_ptr_nonnull (strstr (report, "Return-Path: <>\r\n"));
  ck_assert_uint_eq (fake.letters->len, strcmp (bounces[_i].rule, "letter_refused") == 0);
  g_autofree char *told = life (letter);
  ck_assert (g_str_has_suffix (told, ">bounced"));
  fake_stop (&fake);
}
END_TEST

START_TEST (each_recipient_has_its_own_fate)
{
  static const Rule rules[]
      = { { "RCPT TO:<carol", "550 5.1.1 no carol" }, { "RCPT TO:<mallory", "450 later|250 ok" }, { NULL } };
  Fake fake;
  guint n;
  fake_start (&fake, rules);
  route ("sparta.example", gpo_listener_port (fake.listener));
  post_letter ("alice@athens.example", "bob@sparta.example carol@sparta.example mallory@sparta.example");
  wait_for (count_inbox () == 1);
  wait_state ("deferred");
  ck_assert_uint_eq (count_said (&fake, "MAIL"), 1); /* one transaction for all */
  gpo_clock_jump (office.clock, queue_item ().due);
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 2);
  ck_assert_uint_eq (count_said (&fake, "RCPT TO:<bob"), 1);
  ck_assert_uint_eq (count_said (&fake, "RCPT TO:<carol"), 1);
  ck_assert_uint_eq (count_said (&fake, "RCPT TO:<mallory"), 2);
  g_autofree char *report = read_inbox (&n);
  ck_assert_uint_eq (n, 1);
  ck_assert_ptr_nonnull (strstr (report, "Final-Recipient: rfc822; carol@sparta.example"));
  ck_assert_ptr_null (strstr (report, "Final-Recipient: rfc822; mallory@sparta.example"));
  fake_stop (&fake);
}
END_TEST

START_TEST (a_host_that_is_not_there_makes_room_for_the_next_mx)
{
  Fake fake;
  fake_start (&fake, NULL);
  GpoHost *one = gpo_world_add_host (office.world, "one", "one.example");
  GpoHost *two = gpo_world_add_host (office.world, "two", "two.example");
  one->port[GPO_ROLE_SMTP] = closed_port ();
  two->port[GPO_ROLE_SMTP] = gpo_listener_port (fake.listener);
  add_mx ("sparta.example", 10, "one.example");
  add_mx ("sparta.example", 20, "two.example");
  guint32 letter = post_letter ("alice@athens.example", "bob@sparta.example");
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 1);
  assert_life (letter, QUEUED ">delivered");
  fake_stop (&fake);
}
END_TEST

START_TEST (a_mx_that_is_this_host_hides_those_behind_it)
{
  Fake fake;
  fake_start (&fake, NULL);
  GpoHost *one = gpo_world_add_host (office.world, "one", "one.example");
  GpoHost *two = gpo_world_add_host (office.world, "two", "two.example");
  one->port[GPO_ROLE_SMTP] = closed_port ();
  two->port[GPO_ROLE_SMTP] = gpo_listener_port (fake.listener);
  add_mx ("sparta.example", 10, "one.example");
  add_mx ("sparta.example", 20, "athens.example");
  add_mx ("sparta.example", 30, "two.example");
  post_letter ("alice@athens.example", "bob@sparta.example");
  wait_state ("deferred");
  ck_assert_uint_eq (fake.connections, 0);
  fake_stop (&fake);
}
END_TEST

START_TEST (after_its_lifetime_a_letter_bounces)
{
  guint n;
  route ("sparta.example", closed_port ());
  guint32 letter = post_letter ("alice@athens.example", "bob@sparta.example");
  for (guint tries = 1; tries < 60 && gpo_gateway_length (post->gateway); tries++)
    {
      wait_for (!queue_item ().state || strcmp (queue_item ().state, "routed") != 0);
      gpo_clock_jump (office.clock, gpo_clock_now (office.clock) + 60 * MINUTE);
      g_main_context_iteration (NULL, FALSE);
    }
  wait_empty ();
  g_autofree char *report = read_inbox (&n);
  ck_assert_uint_eq (n, 1);
  ck_assert_ptr_nonnull (strstr (report, "Status: 4.4.7\r\n"));
  ck_assert_ptr_nonnull (strstr (report, "Action: failed\r\n"));
  g_autofree char *told = life (letter);
  ck_assert_msg (g_str_has_suffix (told, ">deferred>bounced"), "%s", told);
  ck_assert_int_ge (gpo_clock_now (office.clock), 48 * 60 * MINUTE);
}
END_TEST

START_TEST (a_delay_is_told_once)
{
  guint n;
  office.world->retry.warn_after = 20 * MINUTE;
  route ("sparta.example", closed_port ());
  post_letter ("alice@athens.example", "bob@sparta.example");
  for (guint i = 0; i < 10; i++)
    {
      wait_state ("deferred");
      gpo_clock_jump (office.clock, gpo_clock_now (office.clock) + 10 * MINUTE);
      wait_for (i < 2 || count_inbox () == 1);
    }
  g_autofree char *report = read_inbox (&n);
  ck_assert_uint_eq (n, 1);
  ck_assert_ptr_nonnull (strstr (report, "Action: delayed\r\n"));
}
END_TEST

START_TEST (a_bounce_never_bounces)
{
  static const Rule rules[] = { { "RCPT", "550 5.1.1 no" }, { NULL } };
  Fake fake;
  fake_start (&fake, rules);
  route ("sparta.example", gpo_listener_port (fake.listener));
  guint32 letter = post_letter ("", "bob@sparta.example");
  wait_empty ();
  assert_life (letter, QUEUED ">bounced");
  ck_assert_uint_eq (count_inbox (), 0);
  fake_stop (&fake);
}
END_TEST

START_TEST (success_is_told_where_the_next_hop_will_not)
{
  static const Rule rules[] = { { "EHLO", "250-fake.example\r\n250 DSN" }, { NULL } };
  Fake fake;
  guint n;
  fake_start (&fake, _i ? rules : NULL);
  route ("sparta.example", gpo_listener_port (fake.listener));
  GpoEnvelope *envelope = envelope_to ("alice@athens.example", "bob@sparta.example");
  gpo_envelope_recipient (envelope, 0)->notify = GPO_NOTIFY_SUCCESS;
  post_envelope (envelope);
  wait_empty ();
  g_autofree char *report = read_inbox (&n);
  ck_assert_uint_eq (n, _i ? 0 : 1);
  ck_assert (_i || strstr (report, "Action: relayed\r\n"));
  ck_assert_uint_eq (count_said (&fake, "NOTIFY=SUCCESS"), _i);
  fake_stop (&fake);
}
END_TEST

START_TEST (notify_never_is_silent)
{
  static const Rule rules[] = { { "RCPT", "550 5.1.1 no" }, { NULL } };
  Fake fake;
  fake_start (&fake, rules);
  route ("sparta.example", gpo_listener_port (fake.listener));
  GpoEnvelope *envelope = envelope_to ("alice@athens.example", "bob@sparta.example");
  gpo_envelope_recipient (envelope, 0)->notify = GPO_NOTIFY_NEVER;
  post_envelope (envelope);
  wait_empty ();
  ck_assert_uint_eq (count_inbox (), 0);
  fake_stop (&fake);
}
END_TEST

START_TEST (the_queue_outlives_a_restart)
{
  static const Rule rules[] = { { "RCPT TO:<bob", "450 later|250 ok" }, { NULL } };
  Fake fake;
  fake_start (&fake, rules);
  route ("sparta.example", gpo_listener_port (fake.listener));
  post_letter ("alice@athens.example", "bob@sparta.example carol@sparta.example");
  wait_state ("deferred");
  close_post ();
  open_post ();
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 2);
  ck_assert_str_eq (fake.letters->pdata[1], letter_text);
  ck_assert_uint_eq (count_said (&fake, "RCPT TO:<carol"), 1); /* who had it does not get it again */
  fake_stop (&fake);
}
END_TEST

START_TEST (a_broken_connection_defers)
{
  static const Rule rules[] = { { ".", "DROP|250 ok" }, { NULL } };
  Fake fake;
  fake_start (&fake, rules);
  route ("sparta.example", gpo_listener_port (fake.listener));
  guint32 letter = post_letter ("alice@athens.example", "bob@sparta.example");
  wait_state ("deferred");
  gpo_clock_jump (office.clock, queue_item ().due);
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 2); /* twice rather than never */
  assert_life (letter, QUEUED ">deferred>queued>routed>sending>delivered");
  fake_stop (&fake);
}
END_TEST

START_TEST (domains_with_one_next_hop_share_a_transaction)
{
  Fake fake, other;
  fake_start (&fake, NULL);
  fake_start (&other, NULL);
  route ("sparta.example", gpo_listener_port (fake.listener));
  route ("corinth.example", gpo_listener_port (fake.listener));
  route ("thebes.example", gpo_listener_port (other.listener));
  guint32 letter = post_letter ("alice@athens.example", "bob@sparta.example x@thebes.example carol@corinth.example");
  wait_empty ();
  ck_assert_uint_eq (count_said (&fake, "MAIL"), 1);
  ck_assert_uint_eq (count_said (&fake, "RCPT"), 2);
  ck_assert_uint_eq (count_said (&other, "RCPT"), 1);
  assert_life (letter, QUEUED ">queued>routed>sending>delivered");
  fake_stop (&fake);
  fake_stop (&other);
}
END_TEST

START_TEST (too_many_recipients_go_on_at_once)
{
  static const Rule rules[] = { { "RCPT TO:<carol", "452 4.5.3 too many|250 ok" }, { NULL } };
  Fake fake;
  fake_start (&fake, rules);
  route ("sparta.example", gpo_listener_port (fake.listener));
  post_letter ("alice@athens.example", "bob@sparta.example carol@sparta.example");
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 2);
  ck_assert_uint_eq (fake.connections, 1);
  fake_stop (&fake);
}
END_TEST

START_TEST (many_letters_use_few_connections)
{
  Fake fake;
  fake_start (&fake, NULL);
  route ("sparta.example", gpo_listener_port (fake.listener));
  for (guint i = 0; i < 200; i++)
    post_letter ("alice@athens.example", "bob@sparta.example");
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 200);
  ck_assert_uint_le (fake.connections, 8);
  fake_stop (&fake);
}
END_TEST

START_TEST (a_letter_can_be_held_and_let_go)
{
  Fake fake;
  fake_start (&fake, NULL);
  guint16 nowhere = closed_port ();
  route ("sparta.example", nowhere);
  guint32 letter = post_letter ("alice@athens.example", "bob@sparta.example");
  wait_state ("deferred");
  ck_assert_uint_eq (gpo_gateway_act (post->gateway, "99", GPO_QUEUE_HOLD), 0);
  ck_assert_uint_eq (gpo_gateway_act (post->gateway, NULL, GPO_QUEUE_RELEASE), 0);
  ck_assert_uint_eq (gpo_gateway_act (post->gateway, NULL, GPO_QUEUE_HOLD), 1);
  gpo_clock_jump (office.clock, 72 * 60 * MINUTE);
  ck_assert_str_eq (queue_item ().state, "held"); /* its time does not come */
  route ("sparta.example", gpo_listener_port (fake.listener));
  g_autofree char *number = g_strdup_printf ("%u", letter);
  ck_assert_uint_eq (gpo_gateway_act (post->gateway, number, GPO_QUEUE_RELEASE), 1);
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 1);
  assert_life (letter, "received>queued>routed>deferred>held>queued>routed>sending>delivered");
  fake_stop (&fake);
}
END_TEST

START_TEST (a_letter_is_held_over_a_restart)
{
  Fake fake;
  fake_start (&fake, NULL);
  route ("sparta.example", closed_port ());
  post_letter ("alice@athens.example", "bob@sparta.example");
  wait_state ("deferred");
  ck_assert_uint_eq (gpo_gateway_act (post->gateway, NULL, GPO_QUEUE_HOLD), 1);
  close_post ();
  route ("sparta.example", gpo_listener_port (fake.listener));
  open_post ();
  ck_assert_str_eq (queue_item ().state, "held");
  ck_assert_uint_eq (gpo_gateway_act (post->gateway, NULL, GPO_QUEUE_RELEASE), 1);
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 1);
  fake_stop (&fake);
}
END_TEST

START_TEST (a_letter_can_be_retried_or_removed_by_hand)
{
  Fake fake;
  fake_start (&fake, NULL);
  route ("sparta.example", closed_port ());
  guint32 letter = post_letter ("alice@athens.example", "bob@sparta.example");
  wait_state ("deferred");
  if (_i)
    route ("sparta.example", gpo_listener_port (fake.listener));
  ck_assert_uint_eq (gpo_gateway_act (post->gateway, queue_item ().envelope->id, _i ? GPO_QUEUE_RETRY : GPO_QUEUE_REMOVE),
                     1);
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, _i);
  g_autofree char *told = life (letter);
  ck_assert (g_str_has_suffix (told, _i ? ">delivered" : ">removed"));
  ck_assert_uint_eq (count_inbox (), 0);
  close_post ();
  open_post ();
  ck_assert_uint_eq (gpo_gateway_length (post->gateway), 0);
  fake_stop (&fake);
}
END_TEST

START_TEST (a_host_that_is_down_sends_nothing)
{
  Fake fake;
  fake_start (&fake, NULL);
  route ("sparta.example", gpo_listener_port (fake.listener));
  athens->down = TRUE;
  post_letter ("alice@athens.example", "bob@sparta.example");
  wait_state ("deferred");
  ck_assert_uint_eq (fake.connections, 0);
  athens->down = FALSE;
  gpo_clock_jump (office.clock, queue_item ().due);
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 1);
  fake_stop (&fake);
}
END_TEST

static void
note_stopped (gpointer data)
{
  *(gboolean *) data = TRUE;
}

START_TEST (stopping_loses_nothing)
{
  static const Rule rules[] = { { "EHLO", "250 fake.example" }, { NULL } };
  Fake fake;
  gboolean stopped = FALSE;
  fake_start (&fake, rules);
  route ("sparta.example", gpo_listener_port (fake.listener));
  for (guint i = 0; i < 20; i++)
    post_letter ("alice@athens.example", "bob@sparta.example");
  gpo_gateway_stop (post->gateway, note_stopped, &stopped);
  wait_for (stopped);
  guint left = gpo_gateway_length (post->gateway);
  ck_assert_uint_eq (left + fake.letters->len, 20);
  close_post ();
  open_post ();
  ck_assert_uint_eq (gpo_gateway_length (post->gateway), left);
  wait_empty ();
  ck_assert_uint_eq (fake.letters->len, 20);
  fake_stop (&fake);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("gateway");
  TCase *t = tcase_create ("gateway");
  tcase_add_checked_fixture (t, set_up, tear_down);
  tcase_set_timeout (t, 30);
  tcase_add_test (t, a_letter_goes_to_the_next_hop_unchanged);
  tcase_add_test (t, a_deferred_letter_is_tried_again);
  tcase_add_loop_test (t, what_fails_is_told_to_the_sender, 0, G_N_ELEMENTS (bounces));
  tcase_add_test (t, each_recipient_has_its_own_fate);
  tcase_add_test (t, a_host_that_is_not_there_makes_room_for_the_next_mx);
  tcase_add_test (t, a_mx_that_is_this_host_hides_those_behind_it);
  tcase_add_test (t, after_its_lifetime_a_letter_bounces);
  tcase_add_test (t, a_delay_is_told_once);
  tcase_add_test (t, a_bounce_never_bounces);
  tcase_add_loop_test (t, success_is_told_where_the_next_hop_will_not, 0, 2);
  tcase_add_test (t, notify_never_is_silent);
  tcase_add_test (t, the_queue_outlives_a_restart);
  tcase_add_test (t, a_letter_is_held_over_a_restart);
  tcase_add_test (t, a_broken_connection_defers);
  tcase_add_test (t, domains_with_one_next_hop_share_a_transaction);
  tcase_add_test (t, too_many_recipients_go_on_at_once);
  tcase_add_test (t, many_letters_use_few_connections);
  tcase_add_test (t, a_letter_can_be_held_and_let_go);
  tcase_add_loop_test (t, a_letter_can_be_retried_or_removed_by_hand, 0, 2);
  tcase_add_test (t, a_host_that_is_down_sends_nothing);
  tcase_add_test (t, stopping_loses_nothing);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
