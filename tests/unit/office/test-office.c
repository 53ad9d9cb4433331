/* SPDX-License-Identifier: MIT */
/* test-office.c: a whole office on loopback: opened, used, asked, closed, and opened again. */
#include "office/control.h"
#include "office/office.h"
#include "trace/filter.h"
#include <check.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

static char *folder; /* the store, and what else a test writes */

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);
      remove_tree (inner);
    }
  g_remove (path);
}

static void
setup (void)
{
  folder = g_dir_make_tmp ("test-office-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
}

static void
teardown (void)
{
  remove_tree (folder);
  g_free (folder);
}

static GpoOffice *
open_office (const char *scenario_text, GError **error)
{
  g_autofree char *store = g_build_filename (folder, "store", NULL);
  g_autofree char *trace = g_build_filename (folder, "t.trace", NULL);
  GpoScenario *scenario = scenario_text ? gpo_scenario_read (scenario_text, strlen (scenario_text), "test", folder, 0, error)
                                        : gpo_scenario_load (NULL, 0, error);
  ck_assert_msg (scenario != NULL, "%s", error && *error ? (*error)->message : "?");
  GpoOfficeConfig config = { .scenario = scenario, .store = store, .trace = trace };
  return gpo_office_start (&config, error);
}

static GpoOffice *
open_default (void)
{
  g_autoptr (GError) error = NULL;
  GpoOffice *office = open_office (NULL, &error);
  ck_assert_msg (office != NULL, "%s", error ? error->message : "?");
  return office;
}

static char *
ask (GpoOffice *office, const char *intent)
{
  g_autoptr (GError) error = NULL;
  char *answer = gpo_office_ask (office, intent, &error);
  ck_assert_msg (answer != NULL, "%s: %s", intent, error ? error->message : "?");
  return answer;
}

/* --- a client --- */

typedef struct
{
  GSocketConnection *connection;
  GDataInputStream *in;
} Client;

static Client
call (GpoOffice *office, const char *host, GpoRole role)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  Client c;
  guint port = gpo_office_port (office, gpo_world_host (gpo_office_world (office), host), role);
  g_socket_client_set_timeout (client, 20);
  c.connection = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) port, NULL, &error);
  ck_assert_msg (c.connection != NULL, "%s", error ? error->message : "?");
  c.in = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (c.connection)));
  return c;
}

static void
hang_up (Client *c)
{
  g_object_unref (c->in);
  g_object_unref (c->connection);
}

/* The last line of a reply; NULL at the end of the connection. */
static char *
reply (Client *c)
{
  char *line;
  while ((line = g_data_input_stream_read_line (c->in, NULL, NULL, NULL)) && strlen (line) > 3 && line[3] == '-')
    g_free (line);
  return line;
}

static void
talk (Client *c, const char *says, const char *code)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (c->connection));
  if (says)
    ck_assert (g_output_stream_write_all (out, says, strlen (says), NULL, NULL, NULL));
  g_autofree char *line = reply (c);
  ck_assert_msg (line && g_str_has_prefix (line, code), "\"%s\" was answered: %s", says ? says : "", line ? line : "(end)");
}

static const char BODY[] = "From: alice@athens.example\r\nTo: bob@sparta.example\r\nDate: Sat, 1 Mar 2025 09:00:00 +0000\r\n"
                           "Message-ID: <1@athens.example>\r\n\r\n.a line with a dot\r\nend\r\n";

/* Alice hands a letter for Bob in. */
static void
submit (GpoOffice *office)
{
  Client c = call (office, "athens", GPO_ROLE_SUBMISSION);
  talk (&c, NULL, "220");
  talk (&c, "EHLO client.example\r\n", "250");
  talk (&c, "AUTH PLAIN AGFsaWNlAGdsYXNz\r\n", "235");
  talk (&c, "MAIL FROM:<alice@athens.example>\r\n", "250");
  talk (&c, "RCPT TO:<bob@sparta.example>\r\n", "250");
  talk (&c, "DATA\r\n", "354");
  const char *dot = strstr (BODY, "\r\n\r\n") + 4;
  g_autofree char *stuffed = g_strdup_printf ("%.*s.%s.\r\n", (int) (dot - BODY), BODY, dot);
  talk (&c, stuffed, "250");
  talk (&c, "QUIT\r\n", "221");
  hang_up (&c);
}

/* --- waiting for the trace --- */

static void
wake (gpointer data)
{
  g_main_context_wakeup (data);
}

/* The deadline of a wait: the loop that it ends looks at the time itself. */
static gboolean
deadline_passed (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Waits until `filter` has matched `times` events since the beginning. */
static guint64
await (GpoOffice *office, const char *filter, guint times)
{
  g_autoptr (GpoFilter) wanted = gpo_filter_parse (filter, NULL, NULL);
  ck_assert_ptr_nonnull (wanted);
  GMainContext *context = g_main_context_default ();
  GpoLog *log = gpo_office_log (office);
  GpoLogReader *reader = gpo_log_reader_new (log, 0, wake, context);
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  guint64 n = 0;
  guint left = times;
  while (left && g_get_monotonic_time () < deadline)
    {
      for (guint64 length = gpo_log_length (log); n < length && left; n++)
        left -= gpo_filter_match (wanted, n, gpo_log_get (log, n));
      if (left && gpo_log_reader_sleep (reader, n))
        {
          guint limit = g_timeout_add_seconds (20, deadline_passed, NULL);
          g_main_context_iteration (context, TRUE);
          g_source_remove (limit);
        }
    }
  gpo_log_reader_free (reader);
  ck_assert_msg (left == 0, "%s: %u of %u events are missing", filter, left, times);
  return n - 1;
}

/* The one letter in a person's INBOX. */
static char *
only_letter (const char *host, const char *person)
{
  g_autofree char *path = g_build_filename (folder, "store", host, "mail", person, "Maildir", "new", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = g_dir_read_name (dir);
  ck_assert_msg (name != NULL, "no letter for %s", person);
  g_autofree char *file = g_build_filename (path, name, NULL);
  char *text = NULL;
  ck_assert (g_file_get_contents (file, &text, NULL, NULL));
  ck_assert_ptr_null (g_dir_read_name (dir));
  return text;
}

#define IN_BOBS_MAILBOX "mailbox and mailbox = \"bob/INBOX\""

/* --- the tests --- */

START_TEST (a_letter_passes_the_gateway_byte_for_byte_under_one_number)
{
  GpoOffice *office = open_default ();
  submit (office);
  guint64 n = await (office, IN_BOBS_MAILBOX, 1);
  GpoLog *log = gpo_office_log (office);
  GpoLogReader *reader = gpo_log_reader_new (log, 0, NULL, NULL);
  guint32 letter = gpo_log_get (log, n)->letter;
  GpoSymbol hosts[3] = { gpo_symbol ("athens"), gpo_symbol ("gateway"), gpo_symbol ("sparta") };
  gboolean seen[3] = { FALSE };
  for (guint64 i = 0; i <= n; i++)
    {
      const GpoEvent *event = gpo_log_get (log, i);
      ck_assert (event->letter == 0 || event->letter == letter);
      for (int h = 0; h < 3; h++)
        seen[h] |= event->letter == letter && event->host == hosts[h];
    }
  gpo_log_reader_free (reader);
  ck_assert_uint_ne (letter, 0);
  ck_assert (seen[0] && seen[1] && seen[2]);
  gpo_office_stop (office);
  g_autofree char *text = only_letter ("sparta", "bob");
  const char *body = strstr (text, "From: alice");
  ck_assert_str_eq (body, BODY);
}
END_TEST

START_TEST (what_waits_in_a_queue_outlives_the_office)
{
  GpoOffice *office = open_default ();
  g_autofree char *a = ask (office, "host down sparta");
  g_autofree char *b = ask (office, "host down gateway");
  submit (office);
  await (office, "host = athens and queue and state = deferred", 1);
  g_autofree char *list = ask (office, "queue list");
  ck_assert_ptr_nonnull (strstr (list, "\"host\":\"athens\""));
  ck_assert_ptr_nonnull (strstr (list, "bob@sparta.example"));
  gpo_office_stop (office);
  office = open_default ();
  await (office, IN_BOBS_MAILBOX, 1);
  gpo_office_stop (office);
  g_autofree char *text = only_letter ("sparta", "bob");
  ck_assert_ptr_nonnull (strstr (text, BODY));
}
END_TEST

START_TEST (a_deferred_letter_goes_when_the_host_is_up_and_the_clock_skips)
{
  GpoOffice *office = open_default ();
  g_autofree char *a = ask (office, "clock speed 0");
  g_autofree char *b = ask (office, "host down gateway");
  g_autofree char *c = ask (office, "host down sparta");
  submit (office);
  await (office, "host = athens and queue and state = deferred", 1);
  g_autofree char *d = ask (office, "host up gateway");
  g_autofree char *e = ask (office, "host up sparta");
  g_autofree char *f = ask (office, "clock skip");
  await (office, IN_BOBS_MAILBOX, 1);
  gpo_office_stop (office);
}
END_TEST

START_TEST (a_session_that_waits_is_told_421)
{
  GpoOffice *office = open_default ();
  Client c = call (office, "sparta", GPO_ROLE_SMTP);
  talk (&c, NULL, "220");
  gpo_office_stop (office);
  talk (&c, NULL, "421");
  ck_assert_ptr_null (reply (&c));
  hang_up (&c);
}
END_TEST

/* Whether something is to be read within so many seconds. */
static gboolean
says_something (Client *c, guint seconds)
{
  GSocket *socket = g_socket_connection_get_socket (c->connection);
  return g_socket_condition_timed_wait (socket, G_IO_IN, seconds * G_USEC_PER_SEC, NULL, NULL);
}

START_TEST (time_outs_stand_still_while_a_line_is_held)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat (gpo_scenario_default (), "[host corinth]\nlimit-command-timeout = 1s\n", NULL);
  GpoOffice *office = open_office (text, &error);
  ck_assert_msg (office != NULL, "%s", error ? error->message : "?");
  Client held = call (office, "athens", GPO_ROLE_SMTP);
  talk (&held, NULL, "220");
  g_free (ask (office, "break verb = NOOP and from = client"));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (held.connection));
  ck_assert (g_output_stream_write_all (out, "NOOP\r\n", 6, NULL, NULL, NULL));
  await (office, "hold and action = hold", 1);
  Client silent = call (office, "corinth", GPO_ROLE_SMTP);
  talk (&silent, NULL, "220");
  ck_assert (!says_something (&silent, 2));
  g_free (ask (office, "release"));
  talk (&held, NULL, "250");
  talk (&silent, NULL, "421");
  gpo_office_stop (office);
  hang_up (&silent);
  hang_up (&held);
}
END_TEST

START_TEST (a_host_that_goes_down_cuts_its_sessions)
{
  GpoOffice *office = open_default ();
  Client c = call (office, "sparta", GPO_ROLE_SMTP);
  talk (&c, NULL, "220");
  g_autofree char *a = ask (office, "host down sparta");
  ck_assert_ptr_null (reply (&c));
  hang_up (&c);
  g_autofree char *b = ask (office, "host up sparta");
  c = call (office, "sparta", GPO_ROLE_SMTP);
  talk (&c, NULL, "220");
  hang_up (&c);
  gpo_office_stop (office);
}
END_TEST

START_TEST (a_fault_of_the_scenario_takes_a_host_down)
{
  g_autoptr (GError) error = NULL;
  GpoOffice *office = open_office ("[host troy]\nroles = smtp\n[fault f]\nwhen = verb = NOOP\ndo = down\n", &error);
  ck_assert_msg (office != NULL, "%s", error ? error->message : "?");
  Client c = call (office, "troy", GPO_ROLE_SMTP);
  talk (&c, NULL, "220");
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (c.connection)), "NOOP\r\n", 6, NULL, NULL, NULL);
  ck_assert_ptr_null (reply (&c));
  await (office, "office and action = down", 1);
  hang_up (&c);
  gpo_office_stop (office);
}
END_TEST

/* What is set, what acts for the last time and what is taken away stands in the trace. */
START_TEST (a_fault_set_for_a_host_acts_there_only_and_is_told)
{
  g_autoptr (GError) error = NULL;
  GpoOffice *office = open_default ();
  g_free (gpo_office_ask (
      office, "fault add f at athens when verb = NOOP and from = client do reply 451 4.3.0 Not now times 1", &error));
  ck_assert_msg (!error, "%s", error ? error->message : "");
  await (office, "fault and host = athens and name = f and state = set", 1);
  Client sparta = call (office, "sparta", GPO_ROLE_SMTP), athens = call (office, "athens", GPO_ROLE_SMTP);
  talk (&sparta, NULL, "220");
  talk (&athens, NULL, "220");
  talk (&sparta, "NOOP\r\n", "250");
  talk (&athens, "NOOP\r\n", "451");
  talk (&athens, "NOOP\r\n", "250");
  await (office, "fault and host = athens and session and state = spent", 1);
  g_free (gpo_office_ask (office, "fault add g at athens when verb = NOOP do drop", &error));
  g_autofree char *cleared = gpo_office_ask (office, "fault clear athens", &error);
  ck_assert_str_eq (cleared, "{\"count\":2}\n");
  await (office, "fault and host = athens and state = cleared", 1);
  talk (&athens, "NOOP\r\n", "250");
  hang_up (&sparta);
  hang_up (&athens);
  gpo_office_stop (office);
}
END_TEST

START_TEST (a_port_in_use_is_named_with_the_cure)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) taken = NULL;
  ck_assert (g_socket_listener_add_address (listener, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &taken, NULL));
  guint port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (taken));
  g_autofree char *text = g_strdup_printf ("[host troy]\nroles = smtp\nport-smtp = %u\n", port);
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_autofree char *store = g_build_filename (folder, "store", NULL);
  GpoOfficeConfig config
      = { .scenario = gpo_scenario_read (text, strlen (text), "test", folder, -1, &error), .store = store };
  ck_assert_ptr_null (gpo_office_start (&config, &error));
  ck_assert_msg (strstr (error->message, number) && strstr (error->message, "--port-base")
                     && strstr (error->message, "smtp of troy"),
                 "%s", error->message);
}
END_TEST

START_TEST (one_store_serves_one_office)
{
  g_autoptr (GError) error = NULL;
  GpoOffice *office = open_default ();
  ck_assert_ptr_null (open_office (NULL, &error));
  ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY));
  gpo_office_stop (office);
}
END_TEST

START_TEST (letters_of_the_scenario_lie_there_once)
{
  g_autoptr (GError) error = NULL;
  static const char text[] = "[host troy]\nroles = smtp\n[person helen]\nat = troy\n[person paris]\nat = troy\n"
                             "[letter a]\nfile = a.eml\nmailbox = helen@troy.example\n"
                             "[letter b]\nfile = a.eml\nqueue = troy\nfrom = paris@troy.example\nto = paris@troy.example\n";
  g_autofree char *file = g_build_filename (folder, "a.eml", NULL);
  ck_assert (g_file_set_contents (file, "Subject: welcome\n\nhello", -1, NULL));
  for (int round = 0; round < 2; round++)
    {
      GpoOffice *office = open_office (text, &error);
      ck_assert_msg (office != NULL, "%s", error ? error->message : "?");
      if (round == 0)
        await (office, "mailbox and action = deliver", 2);
      gpo_office_stop (office);
    }
  g_autofree char *helen = only_letter ("troy", "helen"), *paris = only_letter ("troy", "paris");
  ck_assert_str_eq (helen, "Subject: welcome\r\n\r\nhello\r\n");
  ck_assert_ptr_nonnull (strstr (paris, "Return-Path: <paris@troy.example>\r\n"));
}
END_TEST

START_TEST (a_letter_handed_in_is_delivered)
{
  static const char *const to[] = { "bob@sparta.example", "carol@sparta.example", NULL };
  g_autoptr (GError) error = NULL;
  GpoOffice *office = open_default ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (BODY, strlen (BODY));
  ck_assert_uint_ne (gpo_office_send (office, "sparta", "alice@athens.example", to, bytes, &error), 0);
  ck_assert_uint_eq (gpo_office_send (office, "troy", "", to, bytes, &error), 0);
  ck_assert_ptr_nonnull (strstr (error->message, "troy"));
  gpo_office_stop (office);
  g_autofree char *bob = only_letter ("sparta", "bob"), *carol = only_letter ("sparta", "carol");
  ck_assert_str_eq (bob, carol);
}
END_TEST

/* A folder that another program has made, with letters of its own. */
static void
make_foreign_folder (const char *name, guint letters)
{
  static const char *const parts[] = { "tmp", "new", "cur" };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = g_build_filename (folder, "store", "sparta", "mail", "bob", "Maildir", name, parts[i], NULL);
      ck_assert_int_eq (g_mkdir_with_parents (path, 0700), 0);
      for (guint k = 0; k < letters && i == 2; k++)
        {
          g_autofree char *letter = g_strdup_printf ("%s/%u.x.foreign:2,S", path, k + 1);
          ck_assert (g_file_set_contents (letter, "Subject: x\n\n", -1, NULL));
        }
    }
}

/* The trace of an office that opens again knows nothing of the letters before it, but how many there are. */
START_TEST (what_lies_in_the_mailboxes_is_told_when_it_opens_again)
{
  static const char *const to[] = { "bob@sparta.example", NULL };
  g_autoptr (GBytes) bytes = g_bytes_new_static (BODY, strlen (BODY));
  GpoOffice *office = open_default ();
  ck_assert_uint_ne (gpo_office_send (office, "sparta", "alice@athens.example", to, bytes, NULL), 0);
  gpo_office_stop (office);
  make_foreign_folder (".Lists.Work", 2);
  office = open_default ();
  guint64 inbox = await (office, "mailbox and action = holds", 1);
  guint64 work = await (office, "mailbox and action = holds", 2);
  GpoLog *log = gpo_office_log (office);
  GpoLogReader *reader = gpo_log_reader_new (log, 0, NULL, NULL);
  ck_assert_str_eq (gpo_event_text (gpo_log_get (log, inbox), GPO_FIELD_MAILBOX, NULL), "bob/INBOX");
  ck_assert_int_eq (gpo_event_number (gpo_log_get (log, inbox), GPO_FIELD_COUNT, 0), 1);
  ck_assert_str_eq (gpo_event_text (gpo_log_get (log, work), GPO_FIELD_MAILBOX, NULL), "bob/Lists/Work");
  ck_assert_int_eq (gpo_event_number (gpo_log_get (log, work), GPO_FIELD_COUNT, 0), 2);
  ck_assert_uint_eq (gpo_log_get (log, work)->host, gpo_symbol ("sparta"));
  gpo_log_reader_free (reader);
  gpo_office_stop (office);
}
END_TEST

/* --- intents --- */

static const struct
{
  const char *intent, *answer, *refusal;
} intents[] = {
  { "hosts", "\"host\":\"athens\"", NULL },
  { "hold on", "", NULL },
  { "hold perhaps", NULL, "hold on, or: hold off" },
  { "step", "\"count\":0", NULL },
  { "release", "\"count\":0", NULL },
  { "release x", NULL, "no number" },
  { "edit 3 451 no", NULL, "no reply is held" },
  { "break verb = DATA", "\"breakpoint\":1", NULL },
  { "break verb =", NULL, "" },
  { "break", NULL, "where to hold" },
  { "unbreak", "\"count\":0", NULL },
  { "held", "", NULL },
  { "enable 4", NULL, "no breakpoint 4" },
  { "disable", NULL, "disable 1" },
  { "drop 3", NULL, "nothing is held in session 3" },
  { "drop", NULL, "drop 3" },
  { "note 0 The world begins", "\"event\":", NULL },
  { "note 0", "\"event\":", NULL },
  { "note 99999999 x", NULL, "no event 99999999" },
  { "note here", NULL, "which event" },
  { "fault add slow when verb = DATA and from = client do delay 2s times 3", "", NULL },
  { "fault add slow when verb = DATA", NULL, "fault add NAME [at HOST] when" },
  { "fault add slow at athens when verb = DATA do drop", "", NULL },
  { "fault add slow at tory when verb = DATA do drop", NULL, "no host \"tory\"" },
  { "fault add slow at athens when verb = DATA) or (n = 1 do drop", NULL, "" },
  { "fault clear", "\"count\":0", NULL },
  { "fault clear sparta", "\"count\":0", NULL },
  { "fault clear tory", NULL, "no host \"tory\"" },
  { "fault add slow when verb = DATA do dorp", NULL, "drop" },
  { "fault remove nothing", NULL, "no fault" },
  { "fault list", "", NULL },
  { "host down tory", NULL, "no host \"tory\"" },
  { "host sideways troy", NULL, "host down NAME" },
  { "clock", "\"speed\":1", NULL },
  { "clock speed 60", "\"speed\":60", NULL },
  { "clock speed fast", NULL, "from 0" },
  { "clock skip 4d", "\"now\":3456", NULL },
  { "clock skip", NULL, "nothing waits" },
  { "clock skip far", NULL, "no time" },
  { "queue list", "", NULL },
  { "queue list troy", NULL, "no host" },
  { "queue retry", "\"count\":0", NULL },
  { "queue remove", NULL, "which letter" },
  { "queue remove 17", NULL, "no letter \"17\"" },
  { "queue eat", NULL, "queue list" },
  { "stop", NULL, "where it was started" },
  { "hlod on", NULL, "did you mean \"hold\"?" },
  { "", NULL, "there is" },
};

START_TEST (an_intent_is_carried_out_or_refused_with_a_reason)
{
  g_autoptr (GError) error = NULL;
  GpoOffice *office = open_default ();
  g_autofree char *answer = gpo_office_ask (office, intents[_i].intent, &error);
  gpo_office_stop (office);
  ck_assert_int_eq (answer != NULL, intents[_i].answer != NULL);
  if (answer)
    ck_assert_msg (strstr (answer, intents[_i].answer) != NULL, "%s", answer);
  else
    ck_assert_msg (strstr (error->message, intents[_i].refusal) != NULL, "%s", error->message);
}
END_TEST

static void
on_answer (char *answer, const GError *error, gpointer data)
{
  *(char **) data = g_strdup (answer);
}

START_TEST (an_answer_comes_back_on_the_asking_thread)
{
  GpoOffice *office = open_default ();
  g_autofree char *answer = NULL;
  gpo_office_tell (office, "hosts", on_answer, &answer);
  while (!answer)
    g_main_context_iteration (NULL, TRUE);
  ck_assert_ptr_nonnull (strstr (answer, "athens"));
  gpo_office_stop (office);
}
END_TEST

/* --- the control socket --- */

static void
gather (const char *json, gpointer data)
{
  g_string_append_printf (data, "%s\n", json);
}

START_TEST (another_process_may_ask)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autofree char *store = g_build_filename (folder, "store", NULL);
  GpoOffice *office = open_default ();
  ck_assert (gpo_control_ask (NULL, "hosts", gather, lines, &error));
  ck_assert (gpo_control_ask (store, "hosts", gather, lines, &error));
  ck_assert_ptr_nonnull (strstr (lines->str, "sparta"));
  ck_assert (!gpo_control_ask (store, "dance", gather, lines, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "dance"));
  g_clear_error (&error);
  gpo_office_stop (office);
  ck_assert (!gpo_control_ask (NULL, "hosts", NULL, NULL, &error));
  ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
}
END_TEST

START_TEST (the_control_socket_is_its_owners_alone)
{
  GStatBuf s;
  g_autofree char *path = g_build_filename (folder, "store", "control", NULL);
  GpoOffice *office = open_default ();
  ck_assert_int_eq (g_stat (path, &s), 0);
  ck_assert_int_eq (s.st_mode & 0777, 0600);
  gpo_office_stop (office);
  ck_assert_int_ne (g_stat (path, &s), 0);
}
END_TEST

START_TEST (a_live_trace_ends_with_the_office_and_equals_the_file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (folder, "t.trace", NULL);
  GpoOffice *office = open_default ();
  g_autoptr (GSocketConnection) stream = gpo_control_connect (NULL, "trace", &error);
  ck_assert_msg (stream != NULL, "%s", error ? error->message : "?");
  submit (office);
  await (office, IN_BOBS_MAILBOX, 1);
  gpo_office_stop (office);
  g_autoptr (GOutputStream) all = g_memory_output_stream_new_resizable ();
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (stream));
  ck_assert_int_gt (g_output_stream_splice (all, in, G_OUTPUT_STREAM_SPLICE_NONE, NULL, NULL), 0);
  g_autofree char *text = NULL;
  gsize n;
  ck_assert (g_file_get_contents (file, &text, &n, NULL));
  GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (all);
  ck_assert_uint_eq (g_memory_output_stream_get_data_size (memory), n);
  ck_assert_mem_eq (g_memory_output_stream_get_data (memory), text, n);
  ck_assert_ptr_nonnull (strstr (text, "\"action\":\"stop\""));
}
END_TEST

static void
trace_failed (const GError *error, gpointer message)
{
  *(char **) message = g_strdup (error->message);
}

START_TEST (a_full_disk_ends_the_trace_file_and_not_the_office)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *store = g_build_filename (folder, "store", NULL), *message = NULL;
  GpoOfficeConfig config = { .scenario = gpo_scenario_load (NULL, 0, NULL),
                             .store = store,
                             .trace = "/dev/full",
                             .trace_failed = trace_failed,
                             .trace_failed_data = &message };
  GpoOffice *office = gpo_office_start (&config, &error);
  ck_assert_msg (office != NULL, "%s", error ? error->message : "?");
  await (office, "kind = note and text ~ \"/dev/full\"", 1);
  submit (office);
  await (office, IN_BOBS_MAILBOX, 1);
  gpo_office_stop (office);
  ck_assert_ptr_nonnull (strstr (message, "/dev/full ends at event 0"));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("office");
  TCase *c = tcase_create ("office");
  tcase_set_timeout (c, 60);
  tcase_add_checked_fixture (c, setup, teardown);
  tcase_add_test (c, a_letter_passes_the_gateway_byte_for_byte_under_one_number);
  tcase_add_test (c, what_waits_in_a_queue_outlives_the_office);
  tcase_add_test (c, a_deferred_letter_goes_when_the_host_is_up_and_the_clock_skips);
  tcase_add_test (c, a_session_that_waits_is_told_421);
  tcase_add_test (c, time_outs_stand_still_while_a_line_is_held);
  tcase_add_test (c, a_host_that_goes_down_cuts_its_sessions);
  tcase_add_test (c, a_fault_of_the_scenario_takes_a_host_down);
  tcase_add_test (c, a_fault_set_for_a_host_acts_there_only_and_is_told);
  tcase_add_test (c, a_port_in_use_is_named_with_the_cure);
  tcase_add_test (c, one_store_serves_one_office);
  tcase_add_test (c, letters_of_the_scenario_lie_there_once);
  tcase_add_test (c, a_letter_handed_in_is_delivered);
  tcase_add_test (c, what_lies_in_the_mailboxes_is_told_when_it_opens_again);
  tcase_add_loop_test (c, an_intent_is_carried_out_or_refused_with_a_reason, 0, G_N_ELEMENTS (intents));
  tcase_add_test (c, an_answer_comes_back_on_the_asking_thread);
  tcase_add_test (c, another_process_may_ask);
  tcase_add_test (c, the_control_socket_is_its_owners_alone);
  tcase_add_test (c, a_live_trace_ends_with_the_office_and_equals_the_file);
  tcase_add_test (c, a_full_disk_ends_the_trace_file_and_not_the_office);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
