/* SPDX-License-Identifier: MIT */
/* test-connection.c: connections and listeners over loopback, in plaintext. */
#include "wire-pair.h"
#include <sys/resource.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static Pair pair;

START_TEST (bytes_arrive_in_order_both_ways)
{
  pair_open (&pair, &end_user);
  SEND (&pair.server, "220 athens.example\r\n");
  SEND (&pair.client, "EHLO ");
  SEND (&pair.client, "me\r\n");
  WAIT_FOR (pair.client.got->len == 20 && pair.server.got->len == 9);
  ck_assert_str_eq (pair.client.got->str, "220 athens.example\r\n");
  ck_assert_str_eq (pair.server.got->str, "EHLO me\r\n");
  pair_close (&pair);
}
END_TEST

START_TEST (both_ends_know_their_addresses)
{
  pair_open (&pair, &end_user);
  ck_assert_str_eq (gpo_connection_peer_address (pair.client.c), "127.0.0.1");
  ck_assert_uint_eq (gpo_connection_peer_port (pair.client.c), gpo_listener_port (pair.listener));
  ck_assert_uint_eq (gpo_connection_local_port (pair.client.c), gpo_connection_peer_port (pair.server.c));
  ck_assert_str_eq (gpo_connection_local_address (pair.server.c), "127.0.0.1");
  pair_close (&pair);
}
END_TEST

/* A connected socket of plain TCP on loopback; the other end is put into *peer. */
static int
plain_socket (int *peer)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  *peer = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq (bind (listener, (struct sockaddr *) &address, size), 0);
  ck_assert_int_eq (listen (listener, 1), 0);
  ck_assert_int_eq (getsockname (listener, (struct sockaddr *) &address, &size), 0);
  ck_assert_int_eq (connect (*peer, (struct sockaddr *) &address, size), 0);
  int fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  ck_assert_int_ge (fd, 0);
  close (listener);
  return fd;
}

/* Connections come and go in a context of this thread's own. Returns how many did not know whom they are with. */
static gpointer
come_and_go (gpointer unused)
{
  guint wrong = 0;
  int peer, fd = plain_socket (&peer);
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  for (guint i = 0; i < 20000; i++)
    {
      GpoConnection *c = gpo_connection_new_accepted (dup (fd), NULL, NULL);
      wrong += strcmp (gpo_connection_peer_address (c), "127.0.0.1") != 0;
      gpo_connection_abort (c);
      gpo_connection_unref (c);
    }
  g_main_context_pop_thread_default (context);
  close (fd);
  close (peer);
  return GUINT_TO_POINTER (wrong);
}

/* An office has a thread of its own, and a test or a window has connections beside it. */
START_TEST (threads_have_their_own_connections)
{
  GThread *threads[2];
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("come and go", come_and_go, NULL);
  for (guint i = 0; i < 2; i++)
    ck_assert_ptr_null (g_thread_join (threads[i]));
}
END_TEST

START_TEST (finish_flushes_then_closes)
{
  pair_open (&pair, &end_user);
  SEND (&pair.server, "221 bye\r\n");
  gpo_connection_finish (pair.server.c);
  ck_assert (!pair.server.closed); /* never from inside the call */
  ck_assert (!gpo_connection_is_open (pair.server.c));
  WAIT_FOR (pair.client.ended);
  ck_assert_str_eq (pair.client.got->str, "221 bye\r\n");
  gpo_connection_finish (pair.client.c);
  WAIT_FOR (pair.client.closed && pair.server.closed);
  ck_assert_int_eq (pair.server.reason, GPO_CLOSE_OURS);
  ck_assert_int_eq (pair.client.reason, GPO_CLOSE_PEER);
  pair_close (&pair);
}
END_TEST

START_TEST (last_bytes_are_followed_by_the_end)
{
  pair_open (&pair, &end_user);
  gpo_connection_send_last (pair.server.c, "221 bye\r\n", 9);
  ck_assert (!gpo_connection_is_open (pair.server.c));
  SEND (&pair.server, "too late\r\n");
  WAIT_FOR (pair.client.ended);
  ck_assert_str_eq (pair.client.got->str, "221 bye\r\n");
  gpo_connection_finish (pair.client.c);
  WAIT_FOR (pair.client.closed && pair.server.closed);
  ck_assert_int_eq (pair.server.reason, GPO_CLOSE_OURS);
  pair_close (&pair);
}
END_TEST

START_TEST (last_bytes_may_be_more_than_the_socket_takes)
{
  pair_open (&pair, &end_user);
  g_autofree char *big = g_malloc0 (8 << 20);
  gpo_connection_send_last (pair.server.c, big, 8 << 20);
  WAIT_FOR (pair.client.ended);
  ck_assert_uint_eq (pair.client.counted, 8 << 20);
  pair_close (&pair);
}
END_TEST

START_TEST (finished_connection_may_be_dropped_and_still_flushes)
{
  pair_open (&pair, &end_user);
  g_autofree char *big = g_malloc0 (8 << 20);
  gpo_connection_send (pair.server.c, big, 8 << 20);
  gpo_connection_set_user (pair.server.c, NULL, NULL);
  gpo_connection_finish (pair.server.c);
  g_clear_pointer (&pair.server.c, gpo_connection_unref);
  WAIT_FOR (pair.client.ended);
  ck_assert_uint_eq (pair.client.counted, 8 << 20);
  pair_close (&pair);
}
END_TEST

START_TEST (last_reply_survives_bytes_that_nobody_reads)
{
  pair_open (&pair, &end_user);
  gpo_connection_set_reading (pair.server.c, FALSE);
  SEND (&pair.client, "RSET\r\nRSET\r\nRSET\r\n");
  settle ();
  SEND (&pair.server, "421 too many errors\r\n");
  gpo_connection_finish (pair.server.c);
  SEND (&pair.client, "RSET\r\n");
  WAIT_FOR (pair.client.ended);
  ck_assert_str_eq (pair.client.got->str, "421 too many errors\r\n");
  ck_assert (!pair.client.closed);
  pair_close (&pair);
}
END_TEST

START_TEST (half_closed_peer_still_gets_its_replies)
{
  pair_open (&pair, &end_user);
  SEND (&pair.client, "QUIT\r\n");
  gpo_connection_finish (pair.client.c);
  WAIT_FOR (pair.server.ended);
  ck_assert_str_eq (pair.server.got->str, "QUIT\r\n");
  ck_assert (gpo_connection_is_open (pair.server.c));
  SEND (&pair.server, "221 bye\r\n");
  gpo_connection_finish (pair.server.c);
  WAIT_FOR (pair.server.closed && pair.client.closed);
  ck_assert_int_eq (pair.server.reason, GPO_CLOSE_PEER);
  pair_close (&pair);
}
END_TEST

START_TEST (without_ended_the_connection_finishes_itself)
{
  pair_open (&pair, &simple_user);
  gpo_connection_finish (pair.client.c);
  WAIT_FOR (pair.server.closed && pair.client.closed);
  ck_assert_int_eq (pair.server.reason, GPO_CLOSE_PEER);
  ck_assert_int_eq (pair.client.reason, GPO_CLOSE_OURS);
  pair_close (&pair);
}
END_TEST

START_TEST (abort_is_a_reset_and_silent_here)
{
  pair_open (&pair, &end_user);
  gpo_connection_abort (pair.server.c);
  WAIT_FOR (pair.client.closed);
  ck_assert_int_eq (pair.client.reason, GPO_CLOSE_RESET);
  settle ();
  ck_assert (!pair.server.closed);
  SEND (&pair.server, "ignored");
  pair_close (&pair);
}
END_TEST

START_TEST (dropping_the_last_reference_closes)
{
  pair_open (&pair, &end_user);
  g_clear_pointer (&pair.server.c, gpo_connection_unref);
  WAIT_FOR (pair.client.closed);
  ck_assert (!pair.server.closed);
  pair_close (&pair);
}
END_TEST

static void
drop_all (gpointer end)
{
  g_clear_pointer (&pair.server.c, gpo_connection_unref);
  g_clear_pointer (&pair.client.c, gpo_connection_unref);
}

START_TEST (callback_may_drop_every_connection)
{
  pair_open (&pair, &end_user);
  pair.server.on_received = drop_all;
  g_autofree char *big = g_malloc0 (1 << 20);
  gpo_connection_send (pair.client.c, big, 1 << 20);
  WAIT_FOR (!pair.server.c);
  gsize counted = pair.server.counted;
  settle ();
  ck_assert_uint_eq (pair.server.counted, counted); /* nothing after the drop */
  pair_close (&pair);
}
END_TEST

START_TEST (peer_that_does_not_read_stops_only_itself)
{
  pair_open (&pair, &end_user);
  g_autofree char *big = g_malloc0 (1 << 20);
  gpo_connection_set_reading (pair.client.c, FALSE);
  while (gpo_connection_queued (pair.server.c) < GPO_HIGH_WATER)
    {
      gpo_connection_send (pair.server.c, big, 1 << 20);
      pair.server.counted += 1 << 20;
    }
  gsize sent = pair.server.counted;
  settle ();
  ck_assert (!pair.server.drained);
  ck_assert_uint_ge (gpo_connection_queued (pair.server.c), GPO_LOW_WATER);
  ck_assert_uint_eq (pair.client.counted, 0);
  SEND (&pair.client, "NOOP\r\n"); /* the other direction is not stopped */
  WAIT_FOR (pair.server.got->len == 6);
  gpo_connection_set_reading (pair.client.c, TRUE);
  WAIT_FOR (pair.client.counted == sent);
  ck_assert (pair.server.drained);
  ck_assert_uint_eq (gpo_connection_queued (pair.server.c), 0);
  pair_close (&pair);
}
END_TEST

START_TEST (shared_bytes_are_sent_in_order_with_copies)
{
  pair_open (&pair, &end_user);
  g_autoptr (GBytes) big = g_bytes_new_take (g_strnfill (6 << 20, 'x'), 6 << 20);
  gpo_connection_set_reading (pair.client.c, FALSE);
  SEND (&pair.server, "<");
  gpo_connection_send_bytes (pair.server.c, big);
  for (int i = 0; i < 100; i++)
    SEND (&pair.server, ">");
  gpo_connection_set_reading (pair.client.c, TRUE);
  WAIT_FOR (pair.client.counted == (6 << 20) + 101);
  ck_assert_int_eq (pair.client.got->str[0], '<');
  ck_assert_int_eq (pair.client.got->str[1], 'x');
  pair_close (&pair);
}
END_TEST

START_TEST (held_connection_receives_nothing_until_released)
{
  pair_open (&pair, &end_user);
  gpo_connection_set_reading (pair.server.c, FALSE);
  SEND (&pair.client, "MAIL\r\n");
  settle ();
  ck_assert_uint_eq (pair.server.got->len, 0);
  gpo_connection_set_reading (pair.server.c, TRUE);
  WAIT_FOR (pair.server.got->len == 6);
  pair_close (&pair);
}
END_TEST

START_TEST (held_connection_with_unread_bytes_lets_the_loop_rest)
{
  pair_open (&pair, &end_user);
  for (int i = 1; i <= 2; i++) /* as well the second time */
    {
      gpo_connection_set_reading (pair.server.c, FALSE);
      SEND (&pair.client, "MAIL\r\n");
      settle ();
      ck_assert (!g_main_context_pending (NULL));
      ck_assert_uint_eq (pair.server.got->len, 6 * (i - 1));
      gpo_connection_set_reading (pair.server.c, TRUE);
      WAIT_FOR (pair.server.got->len == 6 * (gsize) i);
    }
  pair_close (&pair);
}
END_TEST

START_TEST (peer_going_away_is_noticed_while_held)
{
  pair_open (&pair, &end_user);
  gpo_connection_set_reading (pair.server.c, FALSE);
  gpo_connection_finish (pair.client.c);
  WAIT_FOR (pair.server.ended);
  pair_close (&pair);
}
END_TEST

START_TEST (reset_is_noticed_while_held)
{
  pair_open (&pair, &end_user);
  gpo_connection_set_reading (pair.server.c, FALSE);
  SEND (&pair.client, "DATA\r\n");
  settle ();
  gpo_connection_abort (pair.client.c);
  WAIT_FOR (pair.server.closed);
  ck_assert_int_eq (pair.server.reason, GPO_CLOSE_RESET);
  pair_close (&pair);
}
END_TEST

START_TEST (unread_bytes_come_before_the_end)
{
  pair_open (&pair, &end_user);
  gpo_connection_set_reading (pair.server.c, FALSE);
  SEND (&pair.client, "QUIT\r\n");
  gpo_connection_finish (pair.client.c);
  settle ();
  ck_assert (!pair.server.ended);
  gpo_connection_set_reading (pair.server.c, TRUE);
  WAIT_FOR (pair.server.ended);
  ck_assert_str_eq (pair.server.got->str, "QUIT\r\n");
  pair_close (&pair);
}
END_TEST

START_TEST (silence_times_out_once)
{
  pair_open (&pair, &end_user);
  gpo_connection_set_timeout (pair.server.c, 3600000);
  gpo_connection_set_timeout (pair.server.c, 1);
  WAIT_FOR (pair.server.timeouts == 1);
  settle ();
  ck_assert_uint_eq (pair.server.timeouts, 1);
  ck_assert (gpo_connection_is_open (pair.server.c));
  SEND (&pair.client, "x"); /* a byte starts the clock again */
  WAIT_FOR (pair.server.timeouts == 2);
  pair_close (&pair);
}
END_TEST

START_TEST (timeout_zero_is_never)
{
  pair_open (&pair, &end_user);
  gpo_connection_set_timeout (pair.server.c, 1);
  gpo_connection_set_timeout (pair.server.c, 0);
  gpo_connection_set_timeout (pair.client.c, 5);
  WAIT_FOR (pair.client.timeouts == 1);
  ck_assert_uint_eq (pair.server.timeouts, 0);
  pair_close (&pair);
}
END_TEST

/* --- connecting and listening --- */

START_TEST (refused_connection_says_where)
{
  End end;
  end_init (&end);
  GpoListener *listener = gpo_listener_new ("127.0.0.1", 0, &pair_listener, &pair, NULL);
  guint16 port = gpo_listener_port (listener);
  gpo_listener_free (listener);
  end.c = gpo_connection_new_outgoing ("127.0.0.1", port, 5000, &end_user, &end);
  ck_assert (!end.connected && !end.closed);
  WAIT_FOR (end.closed);
  ck_assert_ptr_nonnull (end.error);
  ck_assert (g_error_matches (end.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED));
  g_autofree char *where = g_strdup_printf ("127.0.0.1 port %u", port);
  ck_assert_ptr_nonnull (strstr (end.text, where));
  end_clear (&end);
}
END_TEST

static End dropped;

static void
drop_it (gpointer end)
{
  g_clear_pointer (&dropped.c, gpo_connection_unref);
}

/* The top-level name "invalid" is reserved never to exist, so the look-up fails wherever it is asked. */
START_TEST (unknown_host_is_told_and_may_be_dropped_at_once)
{
  end_init (&dropped);
  dropped.on_connected = _i ? drop_it : NULL;
  dropped.c = gpo_connection_new_outgoing ("glasspost.invalid", 25, 8000, &end_user, &dropped);
  WAIT_FOR (dropped.connected && (_i || dropped.closed));
  ck_assert_ptr_nonnull (strstr (dropped.error->message, "cannot connect to glasspost.invalid port 25"));
  settle ();
  ck_assert_int_eq (dropped.closed, !_i);
  end_clear (&dropped);
}
END_TEST

START_TEST (host_name_is_looked_up)
{
  pair_open (&pair, &end_user);
  End end;
  end_init (&end);
  g_clear_pointer (&pair.server.c, gpo_connection_unref);
  end.c = gpo_connection_new_outgoing ("localhost", gpo_listener_port (pair.listener), 5000, &end_user, &end);
  WAIT_FOR (end.connected);
  ck_assert_ptr_null (end.error);
  end_clear (&end);
  end_init (&end);
  end.c = gpo_connection_new_outgoing ("localhost", gpo_listener_port (pair.listener), 5000, &end_user, &end);
  end_clear (&end); /* dropped while it is looked up */
  settle ();
  pair_close (&pair);
}
END_TEST

START_TEST (port_in_use_names_port_and_cure)
{
  g_autoptr (GError) error = NULL;
  pair_open (&pair, &end_user);
  guint16 port = gpo_listener_port (pair.listener);
  ck_assert_ptr_null (gpo_listener_new ("127.0.0.1", port, &pair_listener, &pair, &error));
  ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE));
  g_autofree char *text = g_strdup_printf ("port %u is in use by another program; move all ports with --port-base", port);
  ck_assert_str_eq (error->message, text);
  pair_close (&pair);
}
END_TEST

START_TEST (address_of_another_machine_is_refused)
{
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (gpo_listener_new ("192.0.2.1", 0, &pair_listener, &pair, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "192.0.2.1"));
  g_clear_error (&error);
  ck_assert_ptr_null (gpo_listener_new ("athens", 0, &pair_listener, &pair, &error));
  ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
}
END_TEST

START_TEST (port_can_be_reused_at_once)
{
  pair_open (&pair, &end_user);
  guint16 port = gpo_listener_port (pair.listener);
  gpo_connection_finish (pair.server.c); /* our side closes first: TIME_WAIT is ours */
  gpo_connection_finish (pair.client.c);
  WAIT_FOR (pair.server.closed && pair.client.closed);
  pair_close (&pair);
  g_autoptr (GError) error = NULL;
  GpoListener *again = gpo_listener_new ("127.0.0.1", port, &pair_listener, &pair, &error);
  ck_assert_msg (again != NULL, "%s", error ? error->message : "");
  gpo_listener_free (again);
}
END_TEST

static guint n_exhausted;

static void
count_exhausted (GpoListener *listener, const char *text, gpointer data)
{
  ck_assert_ptr_nonnull (strstr (text, "ulimit"));
  n_exhausted++;
}

START_TEST (running_out_of_descriptors_pauses_and_is_told)
{
  static const GpoListenerUser user = { pair_accepted, count_exhausted };
  struct rlimit limit, few;
  pair_open (&pair, &end_user);
  g_clear_pointer (&pair.server.c, gpo_connection_unref);
  g_clear_pointer (&pair.client.c, gpo_connection_unref);
  GpoListener *listener = gpo_listener_new ("127.0.0.1", 0, &user, &pair, NULL);
  End end;
  end_init (&end);
  end.c = gpo_connection_new_outgoing ("127.0.0.1", gpo_listener_port (listener), 5000, &end_user, &end);
  gpo_listener_set_accepting (listener, FALSE);
  WAIT_FOR (end.connected);
  int next = dup (0);
  close (next);
  getrlimit (RLIMIT_NOFILE, &limit);
  few = limit;
  few.rlim_cur = next;
  setrlimit (RLIMIT_NOFILE, &few);
  gpo_listener_set_accepting (listener, TRUE);
  WAIT_FOR (n_exhausted == 1);
  settle ();
  setrlimit (RLIMIT_NOFILE, &limit);
  ck_assert_uint_eq (n_exhausted, 1); /* it does not spin */
  WAIT_FOR (pair.server.c != NULL);   /* and goes on by itself */
  end_clear (&end);
  gpo_listener_free (listener);
  pair_close (&pair);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("connection");
  TCase *t = tcase_create ("bytes");
  tcase_set_timeout (t, 30);
  tcase_add_test (t, bytes_arrive_in_order_both_ways);
  tcase_add_test (t, both_ends_know_their_addresses);
  tcase_add_test (t, threads_have_their_own_connections);
  tcase_add_test (t, peer_that_does_not_read_stops_only_itself);
  tcase_add_test (t, shared_bytes_are_sent_in_order_with_copies);
  suite_add_tcase (s, t);
  t = tcase_create ("ending");
  tcase_set_timeout (t, 30);
  tcase_add_test (t, finish_flushes_then_closes);
  tcase_add_test (t, last_bytes_are_followed_by_the_end);
  tcase_add_test (t, last_bytes_may_be_more_than_the_socket_takes);
  tcase_add_test (t, finished_connection_may_be_dropped_and_still_flushes);
  tcase_add_test (t, last_reply_survives_bytes_that_nobody_reads);
  tcase_add_test (t, half_closed_peer_still_gets_its_replies);
  tcase_add_test (t, without_ended_the_connection_finishes_itself);
  tcase_add_test (t, abort_is_a_reset_and_silent_here);
  tcase_add_test (t, dropping_the_last_reference_closes);
  tcase_add_test (t, callback_may_drop_every_connection);
  suite_add_tcase (s, t);
  t = tcase_create ("holding and time");
  tcase_set_timeout (t, 30);
  tcase_add_test (t, held_connection_receives_nothing_until_released);
  tcase_add_test (t, held_connection_with_unread_bytes_lets_the_loop_rest);
  tcase_add_test (t, peer_going_away_is_noticed_while_held);
  tcase_add_test (t, reset_is_noticed_while_held);
  tcase_add_test (t, unread_bytes_come_before_the_end);
  tcase_add_test (t, silence_times_out_once);
  tcase_add_test (t, timeout_zero_is_never);
  suite_add_tcase (s, t);
  t = tcase_create ("connecting and listening");
  tcase_set_timeout (t, 30);
  tcase_add_test (t, refused_connection_says_where);
  tcase_add_loop_test (t, unknown_host_is_told_and_may_be_dropped_at_once, 0, 2);
  tcase_add_test (t, host_name_is_looked_up);
  tcase_add_test (t, port_in_use_names_port_and_cure);
  tcase_add_test (t, address_of_another_machine_is_refused);
  tcase_add_test (t, port_can_be_reused_at_once);
  tcase_add_test (t, running_out_of_descriptors_pauses_and_is_told);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
