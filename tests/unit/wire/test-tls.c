/* SPDX-License-Identifier: MIT */
/* test-tls.c: TLS between two connections, and the authority that certifies the office's servers. */
#include "wire-pair.h"
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <sys/socket.h>

static Pair pair;
static char *folder;
static GpoTls *server_tls, *client_tls;

static void
remove_file (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_unlink (path);
}

static char *
read_file (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;
  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
write_file (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  ck_assert (g_file_set_contents (path, text, -1, NULL));
}

static guint
mode_of (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  GStatBuf info;
  ck_assert_int_eq (g_stat (path, &info), 0);
  return info.st_mode & 0777;
}

static void
setup (void)
{
  static const char *const names[] = { "sparta.example", "mail.sparta.example", NULL };
  folder = g_dir_make_tmp ("glasspost-tls-XXXXXX", NULL);
  server_tls = gpo_tls_new_server (folder, "sparta", names);
  client_tls = gpo_tls_new_client (GPO_TLS_TRUST_OFFICE, folder);
}

static void
teardown (void)
{
  gpo_tls_unref (server_tls);
  gpo_tls_unref (client_tls);
  remove_file ("ca.pem");
  remove_file ("ca-key.pem");
  remove_file ("sparta.pem");
  remove_file (".lock");
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

static void
load (void)
{
  GError *error = NULL;
  ck_assert_msg (gpo_tls_load (server_tls, &error), "%s", error ? error->message : "");
}

/* Both ends begin TLS; returns when both know the outcome. */
static void
secure (const char *server_name)
{
  pair_open (&pair, &end_user);
  gpo_connection_start_tls (pair.server.c, server_tls, GPO_TLS_SERVER, NULL);
  gpo_connection_start_tls (pair.client.c, client_tls, GPO_TLS_CLIENT, server_name);
  WAIT_FOR (pair.client.secured && pair.server.secured);
}

START_TEST (handshake_then_bytes_both_ways)
{
  load ();
  secure ("sparta.example");
  ck_assert_ptr_null (pair.client.error);
  ck_assert_ptr_null (pair.server.error);
  ck_assert (g_str_has_prefix (pair.client.description, "TLS1.3 "));
  ck_assert_str_eq (pair.client.description, pair.server.description);
  ck_assert_str_eq (gpo_connection_tls_description (pair.server.c), pair.server.description);
  ck_assert_ptr_null (gpo_connection_tls_doubt (pair.client.c));
  ck_assert (gpo_connection_is_secure (pair.server.c));
  SEND (&pair.client, "EHLO athens.example\r\n");
  SEND (&pair.server, "250 sparta.example\r\n");
  WAIT_FOR (pair.client.got->len == 20 && pair.server.got->len == 21);
  ck_assert_str_eq (pair.client.got->str, "250 sparta.example\r\n");
  pair_close (&pair);
}
END_TEST

static void
answer_starttls (gpointer end)
{
  pair.server.on_received = NULL;
  SEND (&pair.server, "220 go ahead\r\n");
  gpo_connection_start_tls (pair.server.c, server_tls, GPO_TLS_SERVER, NULL);
  SEND (&pair.server, "encrypted greeting\r\n"); /* queued until the handshake is done */
}

static void
begin_tls (gpointer end)
{
  pair.client.on_received = NULL;
  gpo_connection_start_tls (pair.client.c, client_tls, GPO_TLS_CLIENT, "localhost");
}

START_TEST (starttls_in_the_middle_and_certificate_made_on_the_way)
{
  client_tls = (gpo_tls_unref (client_tls), gpo_tls_new_client (GPO_TLS_TRUST_ANY, NULL));
  pair_open (&pair, &end_user);
  pair.server.on_received = answer_starttls;
  pair.client.on_received = begin_tls;
  SEND (&pair.client, "STARTTLS\r\n");
  WAIT_FOR (pair.client.got->len == 34);
  ck_assert_str_eq (pair.client.got->str, "220 go ahead\r\nencrypted greeting\r\n");
  ck_assert (gpo_connection_is_secure (pair.client.c));
  pair_close (&pair);
}
END_TEST

START_TEST (queued_plaintext_goes_before_the_handshake)
{
  load ();
  pair_open (&pair, &end_user);
  g_autofree char *big = g_strnfill (8 << 20, 'p');
  gpo_connection_set_reading (pair.client.c, FALSE);
  gpo_connection_send (pair.server.c, big, 8 << 20);
  ck_assert_uint_gt (gpo_connection_queued (pair.server.c), 0);
  gpo_connection_start_tls (pair.server.c, server_tls, GPO_TLS_SERVER, NULL);
  SEND (&pair.server, "secret"); /* queued behind the plaintext, and encrypted */
  gpo_connection_set_reading (pair.server.c, FALSE);
  gpo_connection_set_reading (pair.server.c, TRUE); /* harmless at any time */
  gpo_connection_set_reading (pair.client.c, TRUE);
  WAIT_FOR (pair.client.counted == 8 << 20);
  settle ();
  ck_assert_uint_eq (pair.client.counted, 8 << 20);
  gpo_connection_start_tls (pair.client.c, client_tls, GPO_TLS_CLIENT, "::1");
  WAIT_FOR (pair.client.secured && pair.server.secured);
  ck_assert_ptr_null (pair.client.error);
  WAIT_FOR (pair.client.counted == (8 << 20) + 6);
  pair_close (&pair);
}
END_TEST

START_TEST (megabytes_through_tls_with_a_slow_reader)
{
  load ();
  secure ("localhost");
  g_autoptr (GBytes) big = g_bytes_new_take (g_strnfill (10 << 20, 'x'), 10 << 20);
  gpo_connection_set_reading (pair.client.c, FALSE);
  SEND (&pair.server, "<");
  gpo_connection_send_bytes (pair.server.c, big);
  SEND (&pair.server, ">");
  settle ();
  ck_assert_uint_gt (gpo_connection_queued (pair.server.c), GPO_HIGH_WATER);
  gpo_connection_set_reading (pair.client.c, TRUE);
  WAIT_FOR (pair.client.counted == (10 << 20) + 2);
  ck_assert_int_eq (pair.client.got->str[0], '<');
  WAIT_FOR (pair.server.drained);
  pair_close (&pair);
}
END_TEST

/* What the client says of a server name. NULL: trusted. */
static const struct
{
  const char *name, *doubt;
} names[] = {
  { "sparta.example", NULL },
  { "mail.sparta.example", NULL },
  { "localhost", NULL },
  { "127.0.0.1", NULL },
  { "::1", NULL },
  { NULL, NULL },
  { "athens.example", "name in the certificate does not match" },
};

START_TEST (server_name_is_verified)
{
  load ();
  secure (names[_i].name);
  if (names[_i].doubt)
    {
      ck_assert_ptr_nonnull (pair.client.error);
      ck_assert_msg (strstr (pair.client.error->message, names[_i].doubt) != NULL, "%s", pair.client.error->message);
      WAIT_FOR (pair.client.closed && pair.server.closed);
      ck_assert_int_eq (pair.client.reason, GPO_CLOSE_ERROR);
    }
  else
    ck_assert_msg (!pair.client.error, "%s", pair.client.error->message);
  pair_close (&pair);
}
END_TEST

START_TEST (opportunistic_client_goes_on_and_tells_its_doubt)
{
  load ();
  client_tls = (gpo_tls_unref (client_tls), gpo_tls_new_client (GPO_TLS_TRUST_ANY, NULL));
  secure ("sparta.example");
  ck_assert_ptr_null (pair.client.error);
  ck_assert_ptr_nonnull (strstr (gpo_connection_tls_doubt (pair.client.c), "issuer is unknown"));
  pair_close (&pair);
}
END_TEST

START_TEST (opportunistic_client_knows_the_office)
{
  load ();
  client_tls = (gpo_tls_unref (client_tls), gpo_tls_new_client (GPO_TLS_TRUST_ANY, folder));
  secure ("sparta.example");
  ck_assert_ptr_null (gpo_connection_tls_doubt (pair.client.c));
  pair_close (&pair);
}
END_TEST

/* Whatever the file is called. */
START_TEST (client_believes_the_authorities_of_a_file)
{
  g_autofree char *copy = g_build_filename (folder, "trusted.crt", NULL);
  load ();
  g_autofree char *pem = read_file ("ca.pem");
  write_file ("trusted.crt", pem);
  client_tls = (gpo_tls_unref (client_tls), gpo_tls_new_client_for (copy));
  secure ("sparta.example");
  ck_assert_ptr_null (pair.client.error);
  pair_close (&pair);
  remove_file ("trusted.crt");
}
END_TEST

START_TEST (a_file_without_authorities_is_named)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "missing.crt", NULL);
  client_tls = (gpo_tls_unref (client_tls), gpo_tls_new_client_for (path));
  ck_assert (!gpo_tls_load (client_tls, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "missing.crt: no certificate authority to trust"));
}
END_TEST

START_TEST (client_of_another_authority_refuses)
{
  load ();
  client_tls = (gpo_tls_unref (client_tls), gpo_tls_new_client (GPO_TLS_TRUST_SYSTEM, NULL));
  secure ("sparta.example");
  ck_assert_ptr_nonnull (strstr (pair.client.error->message, "not trusted"));
  pair_close (&pair);
}
END_TEST

START_TEST (plaintext_where_tls_is_due_is_told)
{
  load ();
  pair_open (&pair, &end_user);
  gpo_connection_start_tls (pair.server.c, server_tls, GPO_TLS_SERVER, NULL);
  SEND (&pair.client, "EHLO athens.example\r\n");
  WAIT_FOR (pair.server.secured && pair.server.closed);
  ck_assert_ptr_nonnull (strstr (pair.server.error->message, "does not speak TLS"));
  pair_close (&pair);
}
END_TEST

START_TEST (silence_in_the_handshake_times_out)
{
  load ();
  pair_open (&pair, &end_user);
  gpo_connection_set_timeout (pair.server.c, 5);
  gpo_connection_start_tls (pair.server.c, server_tls, GPO_TLS_SERVER, NULL);
  WAIT_FOR (pair.server.secured && pair.server.closed);
  ck_assert (g_error_matches (pair.server.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
  pair_close (&pair);
}
END_TEST

START_TEST (finish_says_goodbye_and_flushes)
{
  load ();
  secure ("localhost");
  g_autofree char *big = g_malloc0 (6 << 20);
  gpo_connection_send (pair.server.c, big, 6 << 20);
  gpo_connection_finish (pair.server.c);
  WAIT_FOR (pair.client.ended);
  ck_assert_uint_eq (pair.client.counted, 6 << 20);
  gpo_connection_finish (pair.client.c);
  WAIT_FOR (pair.client.closed && pair.server.closed);
  ck_assert_int_eq (pair.client.reason, GPO_CLOSE_PEER);
  pair_close (&pair);
}
END_TEST

START_TEST (end_is_noticed_while_held)
{
  load ();
  secure ("localhost");
  gpo_connection_set_reading (pair.server.c, FALSE);
  if (_i)
    {
      SEND (&pair.client, "QUIT\r\n");
      settle ();
    }
  gpo_connection_finish (pair.client.c);
  if (_i)
    {
      settle ();
      ck_assert (!pair.server.ended); /* QUIT stands before it */
      gpo_connection_set_reading (pair.server.c, TRUE);
    }
  WAIT_FOR (pair.server.ended);
  ck_assert_str_eq (pair.server.got->str, _i ? "QUIT\r\n" : "");
  pair_close (&pair);
}
END_TEST

START_TEST (missing_close_notify_is_an_end_not_an_error)
{
  load ();
  secure ("localhost");
  /* A client that dies: the kernel sends FIN, nobody sends close_notify. */
  for (int fd = 3; fd < 64; fd++)
    {
      struct sockaddr_in local = { 0 };
      socklen_t n = sizeof local;
      if (getsockname (fd, (struct sockaddr *) &local, &n) == 0
          && ntohs (local.sin_port) == gpo_connection_local_port (pair.client.c))
        shutdown (fd, SHUT_WR);
    }
  WAIT_FOR (pair.server.ended);
  ck_assert (!pair.server.closed);
  pair_close (&pair);
}
END_TEST

/* --- the folder --- */

START_TEST (keys_are_for_their_owner_only)
{
  load ();
  ck_assert_uint_eq (mode_of ("ca-key.pem"), 0600);
  ck_assert_uint_eq (mode_of ("sparta.pem"), 0600);
  ck_assert_uint_eq (mode_of ("ca.pem"), 0644);
}
END_TEST

static GpoTls *
another_server (const char *extra_name)
{
  const char *const two[] = { "sparta.example", extra_name, NULL };
  return gpo_tls_new_server (folder, "sparta", two);
}

START_TEST (certificate_is_kept_while_it_is_good)
{
  load ();
  g_autofree char *before = read_file ("sparta.pem");
  g_autoptr (GpoTls) again = another_server ("mail.sparta.example");
  ck_assert (gpo_tls_load (again, NULL));
  g_autofree char *after = read_file ("sparta.pem");
  ck_assert_str_eq (before, after);
}
END_TEST

START_TEST (certificate_is_made_anew_for_a_new_name)
{
  load ();
  g_autofree char *before = read_file ("sparta.pem"), *ca = read_file ("ca.pem");
  g_autoptr (GpoTls) again = another_server ("imap.sparta.example");
  ck_assert (gpo_tls_load (again, NULL));
  g_autofree char *after = read_file ("sparta.pem"), *same_ca = read_file ("ca.pem");
  ck_assert_str_ne (before, after);
  ck_assert_str_eq (ca, same_ca);
}
END_TEST

START_TEST (damaged_certificate_is_made_anew)
{
  load ();
  write_file ("sparta.pem", "-----BEGIN CERTIFICATE-----\nrubbish\n");
  g_autoptr (GpoTls) again = another_server (NULL);
  ck_assert (gpo_tls_load (again, NULL));
}
END_TEST

START_TEST (authority_without_certificate_is_replaced)
{
  load ();
  g_autofree char *before = read_file ("sparta.pem");
  remove_file ("ca.pem");
  g_autoptr (GpoTls) again = another_server (NULL);
  ck_assert (gpo_tls_load (again, NULL));
  g_autofree char *after = read_file ("sparta.pem");
  ck_assert_str_ne (before, after); /* the old one has no issuer any more */
}
END_TEST

START_TEST (damaged_authority_says_what_to_delete)
{
  g_autoptr (GError) error = NULL;
  load ();
  write_file (_i ? "ca-key.pem" : "ca.pem", "rubbish");
  g_autoptr (GpoTls) again = another_server (NULL);
  ck_assert (!gpo_tls_load (again, &error));
  ck_assert_ptr_nonnull (strstr (error->message, _i ? "ca-key.pem is damaged; delete" : "ca.pem is damaged; delete"));
  g_clear_error (&error);
  remove_file ("ca.pem");
  remove_file ("ca-key.pem");
  ck_assert (gpo_tls_load (again, NULL)); /* the cure works, on the same object */
}
END_TEST

START_TEST (folder_that_cannot_be_made_is_told)
{
  g_autoptr (GError) error = NULL;
  load ();
  g_autofree char *below_a_file = g_build_filename (folder, "ca.pem", "certificates", NULL);
  g_autoptr (GpoTls) tls = gpo_tls_new_server (below_a_file, "sparta", NULL);
  ck_assert (!gpo_tls_load (tls, &error));
  ck_assert_ptr_nonnull (strstr (error->message, below_a_file));
  pair_open (&pair, &end_user);
  gpo_connection_start_tls (pair.server.c, tls, GPO_TLS_SERVER, NULL);
  WAIT_FOR (pair.server.secured && pair.server.closed);
  ck_assert_str_eq (pair.server.error->message, error->message);
  pair_close (&pair);
}
END_TEST

static void
drop_server (gpointer end)
{
  g_clear_pointer (&pair.server.c, gpo_connection_unref);
}

START_TEST (connection_may_be_dropped_when_tls_stands_or_fails)
{
  if (_i)
    {
      load ();
      write_file ("ca.pem", "rubbish");
      gpo_tls_unref (server_tls);
      server_tls = another_server (NULL);
    }
  pair_open (&pair, &end_user);
  pair.server.on_secured = drop_server;
  client_tls = (gpo_tls_unref (client_tls), gpo_tls_new_client (GPO_TLS_TRUST_ANY, NULL));
  gpo_connection_start_tls (pair.server.c, server_tls, GPO_TLS_SERVER, NULL);
  gpo_connection_start_tls (pair.client.c, client_tls, GPO_TLS_CLIENT, NULL);
  WAIT_FOR (!pair.server.c && pair.client.closed);
  ck_assert ((pair.server.error != NULL) == _i);
  ck_assert (!pair.server.closed);
  pair_close (&pair);
}
END_TEST

START_TEST (client_without_authority_is_told)
{
  g_autoptr (GError) error = NULL;
  ck_assert (!gpo_tls_load (client_tls, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "ca.pem"));
}
END_TEST

START_TEST (hosts_that_start_together_share_one_authority)
{
  GpoTls *hosts[8];
  for (int i = 0; i < 8; i++)
    {
      hosts[i] = gpo_tls_new_server (folder, "sparta", NULL);
      gpo_tls_load_in_background (hosts[i]);
    }
  for (int i = 0; i < 8; i++)
    {
      ck_assert (gpo_tls_load (hosts[i], NULL));
      gpo_tls_unref (hosts[i]);
    }
  g_autofree char *first = read_file ("sparta.pem");
  g_autoptr (GpoTls) again = gpo_tls_new_server (folder, "sparta", NULL);
  ck_assert (gpo_tls_load (again, NULL));
  g_autofree char *last = read_file ("sparta.pem");
  ck_assert_str_eq (first, last); /* the one that is kept is signed by the authority that is kept */
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("tls");
  TCase *t = tcase_create ("sessions");
  tcase_add_checked_fixture (t, setup, teardown);
  tcase_set_timeout (t, 60);
  tcase_add_test (t, handshake_then_bytes_both_ways);
  tcase_add_test (t, starttls_in_the_middle_and_certificate_made_on_the_way);
  tcase_add_test (t, queued_plaintext_goes_before_the_handshake);
  tcase_add_test (t, megabytes_through_tls_with_a_slow_reader);
  tcase_add_loop_test (t, server_name_is_verified, 0, G_N_ELEMENTS (names));
  tcase_add_test (t, opportunistic_client_goes_on_and_tells_its_doubt);
  tcase_add_test (t, opportunistic_client_knows_the_office);
  tcase_add_test (t, client_believes_the_authorities_of_a_file);
  tcase_add_test (t, a_file_without_authorities_is_named);
  tcase_add_test (t, client_of_another_authority_refuses);
  tcase_add_test (t, plaintext_where_tls_is_due_is_told);
  tcase_add_test (t, silence_in_the_handshake_times_out);
  tcase_add_test (t, finish_says_goodbye_and_flushes);
  tcase_add_loop_test (t, end_is_noticed_while_held, 0, 2);
  tcase_add_test (t, missing_close_notify_is_an_end_not_an_error);
  suite_add_tcase (s, t);
  t = tcase_create ("authority");
  tcase_add_checked_fixture (t, setup, teardown);
  tcase_set_timeout (t, 60);
  tcase_add_test (t, keys_are_for_their_owner_only);
  tcase_add_test (t, certificate_is_kept_while_it_is_good);
  tcase_add_test (t, certificate_is_made_anew_for_a_new_name);
  tcase_add_test (t, damaged_certificate_is_made_anew);
  tcase_add_test (t, authority_without_certificate_is_replaced);
  tcase_add_loop_test (t, damaged_authority_says_what_to_delete, 0, 2);
  tcase_add_test (t, folder_that_cannot_be_made_is_told);
  tcase_add_loop_test (t, connection_may_be_dropped_when_tls_stands_or_fails, 0, 2);
  tcase_add_test (t, client_without_authority_is_told);
  tcase_add_test (t, hosts_that_start_together_share_one_authority);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
