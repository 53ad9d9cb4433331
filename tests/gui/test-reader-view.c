/* SPDX-License-Identifier: MIT */
/* test-reader-view.c: the reader in the window of a running office: Alice writes, the gateway passes it on,
 * Bob reads it by each of the three ways, answers, flags and files it. Driven by the window's actions, read
 * through the model and the text shown. */
#include "window-fixture.h"
#include "panes.h"
#include "reader-view.h"
#include "store/mailbox.h"

static GpoReaderView *
view (void)
{
  return GPO_READER_VIEW (gpo_window_get_pane (window, "reader"));
}

static GpoReaderModel *
model (void)
{
  return gpo_reader_view_get_model (view ());
}

static gboolean
is_quiet (gpointer data)
{
  return !gpo_reader_model_get_busy (model ());
}

static void
settle (void)
{
  ck_assert (turn_until (is_quiet, NULL));
  ck_assert_msg (!gpo_reader_model_has_problem (model ()), "%s", gpo_reader_model_get_words (model ()));
}

static void
read_as (const char *login)
{
  GPtrArray *persons = gpo_reader_model_get_persons (model ());
  for (guint i = 0; i < persons->len; i++)
    if (strcmp (((GpoPerson *) persons->pdata[i])->login, login) == 0)
      gpo_reader_model_open (model (), persons->pdata[i], GPO_WAY_IMAP, FALSE);
  settle ();
}

static guint
n_letters (void)
{
  return g_list_model_get_n_items (gpo_reader_model_get_letters (model ()));
}

static gboolean
has_letters (gpointer data)
{
  if (n_letters () >= GPOINTER_TO_UINT (data))
    return TRUE;
  if (!gpo_reader_model_get_busy (model ()))
    act ("win.read-check");
  return FALSE;
}

static gboolean
is_opened (gpointer data)
{
  return gpo_reader_model_get_reading (model ()) != NULL;
}

static void
open_letter (guint i)
{
  g_autoptr (GpoReaderItem) item = g_list_model_get_item (gpo_reader_model_get_letters (model ()), i);
  gpo_reader_model_open_letter (model (), gpo_reader_item_get_key (item));
  ck_assert (turn_until (is_opened, NULL));
  settle ();
}

static void
write_letter (const char *to, const char *subject, const char *text, gboolean uuencode)
{
  guint8 bytes[300];
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (i * 7);
  g_autoptr (GBytes) file = g_bytes_new (bytes, sizeof bytes);
  act ("win.read-write");
  GpoComposeWindow *compose = gpo_reader_view_get_compose (view ());
  ck_assert_ptr_nonnull (compose);
  gpo_compose_window_set (compose, "to", to);
  gpo_compose_window_set (compose, "bcc", "carol@sparta.example");
  gpo_compose_window_set (compose, "subject", subject);
  gpo_compose_window_set (compose, "text", text);
  gpo_compose_window_set_uuencode (compose, uuencode);
  gpo_compose_window_attach (compose, "map.bin", "application/octet-stream", file);
  ck_assert (press_send_key (GTK_WIDGET (compose)));
  ck_assert_ptr_null (gpo_reader_view_get_compose (view ()));
  settle ();
}

static gboolean
has_folder (gpointer data)
{
  GPtrArray *folders = gpo_reader_model_get_folders (model ());
  for (guint i = 0; folders && i < folders->len; i++)
    if (strcmp (((GpoReaderFolder *) folders->pdata[i])->name, data) == 0)
      return TRUE;
  return FALSE;
}

START_TEST (a_file_greys_it_out_and_says_why)
{
  g_autofree char *path = recorded_trace ();
  setup_app ();
  open_path (path);
  act ("win.view::reader");
  ck_assert_ptr_null (model ());
  ck_assert_ptr_nonnull (strstr (gpo_reader_view_get_words (view ()), "recorded trace"));
  ck_assert_ptr_null (g_action_map_lookup_action (G_ACTION_MAP (window), "read-write"));
  teardown_window ();
}
END_TEST

START_TEST (nobody_reads_before_the_view_is_looked_at)
{
  setup_office ();
  ck_assert_ptr_null (gpo_reader_model_get_person (model ()));
  act ("win.view::reader");
  settle ();
  ck_assert_str_eq (gpo_reader_model_get_person (model ())->login, "alice");
  ck_assert (has_folder ("INBOX"));
  teardown_window ();
}
END_TEST

/* The attachment by MIME (0) and uuencoded (1); Bob reads by _i % 3. */
START_TEST (alice_writes_and_bob_reads)
{
  static const char *const ways[] = { "win.read-way::imap", "win.read-way::pop3", "win.read-way::maildir" };
  setup_office ();
  act ("win.view::reader");
  settle ();
  write_letter ("bob@sparta.example", "A map", "Here it is.\n.dot\n", _i / 3);
  ck_assert (turn_until (has_folder, (gpointer) "Sent"));
  read_as ("bob");
  act (ways[_i % 3]);
  ck_assert (turn_until (has_letters, GUINT_TO_POINTER (1)));
  settle ();
  open_letter (0);
  g_autofree char *text = gpo_reader_view_dup_text (view ());
  ck_assert_ptr_nonnull (strstr (text, "Here it is.\n.dot\n"));
  ck_assert_ptr_null (strstr (text, "begin 644"));
  const GpoReading *reading = gpo_reader_model_get_reading (model ());
  ck_assert_uint_eq (reading->attachments->len, 1);
  const GpoAttachment *file = reading->attachments->pdata[0];
  ck_assert_str_eq (file->name, "map.bin");
  ck_assert_uint_eq (g_bytes_get_size (file->bytes), 300);
  ck_assert_str_eq (file->type, _i / 3 ? "uuencoded" : "application/octet-stream");
  ck_assert_uint_eq (gpo_reader_model_get_flags (model ()) & GPO_FLAG_SEEN, GPO_FLAG_SEEN);
  teardown_window ();
}
END_TEST

START_TEST (bob_answers_flags_and_files)
{
  setup_office ();
  act ("win.view::reader");
  settle ();
  write_letter ("bob@sparta.example", "Lunch?", "Today?\n", FALSE);
  read_as ("bob");
  ck_assert (turn_until (has_letters, GUINT_TO_POINTER (1)));
  open_letter (0);
  act ("win.read-reply");
  GpoComposeWindow *compose = gpo_reader_view_get_compose (view ());
  g_autofree char *subject = gpo_compose_window_dup (compose, "subject"), *text = gpo_compose_window_dup (compose, "text");
  ck_assert_str_eq (subject, "Re: Lunch?");
  ck_assert_ptr_nonnull (strstr (text, "> Today?\n"));
  gpo_compose_window_send (compose);
  settle ();
  act ("win.read-flag");
  settle ();
  ck_assert_uint_eq (gpo_reader_model_get_flags (model ()), GPO_FLAG_SEEN | GPO_FLAG_ANSWERED | GPO_FLAG_FLAGGED);
  gpo_reader_model_create_folder (model (), "Old");
  settle ();
  ck_assert (has_folder ("Old"));
  act ("win.read-file::Old");
  settle ();
  ck_assert_uint_eq (n_letters (), 0);
  gpo_reader_model_open_folder (model (), "Old");
  settle ();
  ck_assert_uint_eq (n_letters (), 1);
  /* what IMAP flagged and filed is so in the files */
  act ("win.read-way::maildir");
  settle ();
  ck_assert_str_eq (gpo_reader_model_get_folder (model ()), "Old");
  ck_assert_uint_eq (n_letters (), 1);
  open_letter (0);
  ck_assert_uint_eq (gpo_reader_model_get_flags (model ()), GPO_FLAG_SEEN | GPO_FLAG_ANSWERED | GPO_FLAG_FLAGGED);
  gpo_reader_model_search (model (), "nowhere");
  settle ();
  ck_assert_uint_eq (n_letters (), 0);
  read_as ("alice");
  ck_assert (turn_until (has_letters, GUINT_TO_POINTER (1)));
  teardown_window ();
}
END_TEST

START_TEST (new_letters_come_by_themselves_over_imap)
{
  setup_office ();
  act ("win.view::reader");
  settle ();
  const char *const to[] = { "alice@athens.example", NULL };
  g_autoptr (GBytes) letter = g_bytes_new_static ("Subject: news\r\n\r\nx\r\n", 20);
  g_autoptr (GError) error = NULL;
  GpoOffice *office = gpo_source_get_office (gpo_window_get_source (window));
  ck_assert_uint_ne (gpo_office_send (office, "athens", "bob@sparta.example", to, letter, &error), 0);
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (n_letters () == 0 && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, FALSE);
  ck_assert_uint_eq (n_letters (), 1);
  teardown_window ();
}
END_TEST

START_TEST (a_wrong_address_is_said_and_nothing_is_lost)
{
  setup_office ();
  act ("win.view::reader");
  settle ();
  act ("win.read-write");
  GpoComposeWindow *compose = gpo_reader_view_get_compose (view ());
  gpo_compose_window_set (compose, "to", "bob@");
  gpo_compose_window_set (compose, "text", "precious");
  gpo_compose_window_send (compose);
  ck_assert_ptr_nonnull (strstr (gpo_compose_window_get_problem (compose), "bob@"));
  g_autofree char *text = gpo_compose_window_dup (compose, "text");
  ck_assert_str_eq (text, "precious");
  teardown_window ();
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("reader-view");
  TCase *t = tcase_create ("reader-view");
  tcase_set_timeout (t, 60);
  tcase_add_test (t, a_file_greys_it_out_and_says_why);
  tcase_add_test (t, nobody_reads_before_the_view_is_looked_at);
  tcase_add_loop_test (t, alice_writes_and_bob_reads, 0, 6);
  tcase_add_test (t, bob_answers_flags_and_files);
  tcase_add_test (t, new_letters_come_by_themselves_over_imap);
  tcase_add_test (t, a_wrong_address_is_said_and_nothing_is_lost);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
