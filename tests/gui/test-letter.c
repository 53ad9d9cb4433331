/* SPDX-License-Identifier: MIT */
/* test-letter.c: the letter view shows what the facts say: parts, bytes, hops; what is pointed at is lit and
 * named.
 *
 * Driven by actions, read through models and rows, never by pixels. */
#include "chain-draw.h"
#include "letter-columns.h"
#include "letter-pane.h"
#include "window-fixture.h"

static GpoLetterPane *pane;

static gboolean
is_mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_height (widget) > 0;
}

static void
do_act (const char *detailed)
{
  ck_assert_msg (act (detailed), "no action %s", detailed);
}

static void
setup (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "tests", "gui", "parts.trace", NULL);
  setup_app ();
  open_path (path);
  pane = GPO_LETTER_PANE (gpo_window_get_pane (window, "letter"));
}

/* Letter 3 at the end, in its newest transfer. */
static void
reset (void)
{
  do_act ("win.view::letter");
  do_act ("win.letter-tab::parts");
  do_act ("win.letter-form::stored");
  do_act ("win.letter(uint32 3)");
  gpo_cursor_set_following (gpo_window_get_cursor (window), TRUE);
  do_act ("win.letter-transfer::newest");
  ck_assert (turn_until (is_mapped, pane));
}

/* The rows of a list that are about something. */
static GPtrArray *
rows_of (const char *name)
{
  GPtrArray *rows = g_ptr_array_new ();
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index (gpo_letter_pane_get_list (pane, name), i)); i++)
    if (gpo_letter_row_get (row))
      g_ptr_array_add (rows, row);
  return rows;
}

/* All text of a row. */
static void
add_text (GtkWidget *widget, GString *out)
{
  if (GTK_IS_LABEL (widget))
    g_string_append_printf (out, "%s\n", gtk_label_get_text (GTK_LABEL (widget)));
  if (GPO_IS_PROSE (widget))
    {
      g_autofree char *text = gpo_prose_get_text (GPO_PROSE (widget));
      g_string_append (out, text);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    add_text (child, out);
}

static char *
text_of (gpointer widget)
{
  GString *out = g_string_new (NULL);
  add_text (widget, out);
  return g_string_free (out, FALSE);
}

static GpoLetterFacts *
facts_now (gint transfer)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoPicture *picture = gpo_cursor_get_picture (cursor);
  return gpo_letter_facts_new_at (picture, gpo_picture_letter_numbered (picture, gpo_cursor_get_letter (cursor)),
                                  gpo_cursor_get_n (cursor), transfer, GPO_LETTER_READ);
}

#define N_PLACES 60

START_TEST (pane_shows_the_facts_at_n)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  do_act ("win.letter(uint32 3)");
  gpo_cursor_set_n (cursor, gpo_cursor_get_length (cursor) * (guint64) _i / N_PLACES);
  const GpoLetterFacts *shown = gpo_letter_pane_get_facts (pane);
  const GpoLetterTrack *letter = gpo_picture_letter_numbered (gpo_cursor_get_picture (cursor), 3);
  if (gpo_track_until (&letter->events, gpo_cursor_get_n (cursor)) == 0)
    {
      ck_assert_ptr_null (shown);
      return;
    }
  g_autoptr (GpoLetterFacts) facts = facts_now (GPO_TRANSFER_NEWEST);
  ck_assert_int_eq (shown->transfer, facts->transfer);
  ck_assert_uint_eq (shown->fields->len, facts->fields->len);
  ck_assert_uint_eq (shown->parts->len, facts->parts->len);
  g_autoptr (GPtrArray) fields = rows_of ("header"), parts = rows_of ("parts");
  ck_assert_uint_eq (fields->len, facts->fields->len);
  ck_assert_uint_eq (parts->len, facts->parts->len);
  for (guint i = 0; i < fields->len; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      g_autofree char *text = text_of (fields->pdata[i]);
      ck_assert (g_str_has_prefix (text, field->name));
      ck_assert_uint_eq (gpo_letter_row_get (fields->pdata[i])->event, field->event);
    }
}
END_TEST

START_TEST (card_gives_way_to_the_view_and_comes_back)
{
  GtkWidget *card = GTK_WIDGET (gpo_window_get_letter (window));
  ck_assert (!gtk_widget_get_visible (card));
  do_act ("win.view::ladder");
  ck_assert (gtk_widget_get_visible (card));
  do_act ("win.view::letter");
  ck_assert (!gtk_widget_get_visible (card));
}
END_TEST

START_TEST (pointing_at_a_field_lights_its_bytes_and_names_its_event)
{
  static const struct
  {
    const char *field, *says;
    GpoKind kind;
  } rows[] = { { "Subject", "field Subject: bytes", GPO_KIND_DATA },
               { "Return-Path", "put on top by sparta", GPO_KIND_LETTER },
               { "X-Mailer", "gateway → sparta", GPO_KIND_DATA } };
  GpoCursor *cursor = gpo_window_get_cursor (window);
  g_autofree char *action = g_strdup_printf ("win.letter-field::%s", rows[_i].field);
  do_act (action);
  const GpoLetterFacts *facts = gpo_letter_pane_get_facts (pane);
  GpoSpan lit = gpo_bytes_view_get_lit (gpo_letter_pane_get_bytes (pane));
  gsize length;
  const char *stored = gpo_letter_facts_stored (facts, &length);
  ck_assert_int_eq (strncmp (stored + lit.start, rows[_i].field, strlen (rows[_i].field)), 0);
  ck_assert_int_eq (stored[GPO_SPAN_END (lit) - 1], '\n');
  ck_assert_ptr_nonnull (strstr (gpo_letter_pane_get_lit_text (pane), rows[_i].says));
  guint64 event = gpo_letter_pane_get_event (pane);
  ck_assert_int_eq (gpo_log_get (gpo_cursor_get_log (cursor), event)->kind, rows[_i].kind);
  do_act ("win.letter-go");
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), event);
}
END_TEST

START_TEST (envelope_rows_lead_to_the_line_that_said_it)
{
  GpoLog *log = gpo_cursor_get_log (gpo_window_get_cursor (window));
  g_autoptr (GPtrArray) rows = rows_of ("envelope");
  guint lines = 0;
  for (guint i = 0; i < rows->len; i++)
    {
      g_autofree char *text = text_of (rows->pdata[i]);
      const GpoEvent *event = gpo_log_get (log, gpo_letter_row_get (rows->pdata[i])->event);
      if (!g_str_has_prefix (text, "MAIL FROM") && !g_str_has_prefix (text, "RCPT TO"))
        continue;
      lines++;
      ck_assert_int_eq (event->kind, GPO_KIND_LINE);
      ck_assert_ptr_nonnull (strstr (gpo_event_text (event, GPO_FIELD_TEXT, NULL), "@"));
    }
  ck_assert_uint_eq (lines, 9); /* three hops, each with one MAIL and two RCPT */
}
END_TEST

START_TEST (disagreements_are_told_in_words)
{
  static const struct
  {
    guint letter;
    const char *says;
  } rows[] = { { 3, "RCPT TO names carol@sparta.example" },
               { 3, "club@athens.example, no RCPT TO" },
               { 4, "MAIL FROM says mallory@far.example" },
               { 4, "The header has Bcc" } };
  g_autofree char *action = g_strdup_printf ("win.letter(uint32 %u)", rows[_i].letter);
  do_act (action);
  gpo_letter_pane_get_facts (pane);
  g_autofree char *text = text_of (gpo_letter_pane_get_list (pane, "envelope"));
  ck_assert_msg (strstr (text, rows[_i].says), "not told: %s in %s", rows[_i].says, text);
}
END_TEST

START_TEST (transfers_can_be_walked)
{
  static const char *const hosts[] = { "athens", "gateway", "sparta" };
  for (int i = 2; i >= 0; i--)
    {
      const GpoLetterFacts *facts = gpo_letter_pane_get_facts (pane);
      ck_assert_int_eq (facts->transfer, i);
      ck_assert_str_eq (gpo_symbol_name (gpo_letter_facts_transfer (facts)->host), hosts[i]);
      do_act ("win.letter-transfer::earlier");
    }
  ck_assert_int_eq (gpo_letter_pane_get_facts (pane)->transfer, 0);
  do_act ("win.letter-transfer::later");
  ck_assert_int_eq (gpo_letter_pane_get_facts (pane)->transfer, 1);
}
END_TEST

/* --- bytes --- */

static void
collect (const GpoLetterRows *rows, GByteArray *wire, GByteArray *stored)
{
  const GpoLetterBytes *bytes = gpo_letter_rows_bytes (rows);
  for (guint i = 0; i < gpo_letter_rows_n (rows); i++)
    {
      GpoByteRow row;
      gpo_letter_rows_get (rows, i, &row);
      if (row.end)
        continue;
      if (row.has_wire)
        g_byte_array_append (wire, (const guint8 *) g_bytes_get_data (bytes->wire, NULL) + row.wire.start,
                             (guint) row.wire.length);
      if (row.has_stored)
        g_byte_array_append (stored, (const guint8 *) g_bytes_get_data (bytes->stored, NULL) + row.stored.start,
                             (guint) row.stored.length);
    }
}

START_TEST (rows_have_every_byte_once)
{
  static const char *const forms[] = { "stored", "wire", "both" };
  g_autofree char *action = g_strdup_printf ("win.letter-form::%s", forms[_i % 3]);
  gpo_letter_pane_get_facts (pane);
  do_act ("win.letter-tab::bytes");
  do_act (action);
  if (_i >= 3)
    do_act ("win.letter-hex");
  const GpoBytesScene *scene = gpo_bytes_view_get_scene (gpo_letter_pane_get_bytes (pane));
  g_autoptr (GByteArray) wire = g_byte_array_new (), stored = g_byte_array_new ();
  collect (scene->rows, wire, stored);
  gboolean has_wire = _i % 3 != 0, has_stored = _i % 3 != 1;
  ck_assert_uint_eq (wire->len, has_wire ? g_bytes_get_size (scene->facts->bytes->wire) : 0);
  ck_assert_uint_eq (stored->len, has_stored ? g_bytes_get_size (scene->facts->bytes->stored) : 0);
  if (has_wire)
    ck_assert_int_eq (memcmp (wire->data, g_bytes_get_data (scene->facts->bytes->wire, NULL), wire->len), 0);
  if (has_stored)
    ck_assert_int_eq (memcmp (stored->data, g_bytes_get_data (scene->facts->bytes->stored, NULL), stored->len), 0);
  ck_assert_uint_eq (gpo_letter_rows_find (scene->rows, 0), 0);
  if (_i >= 3)
    do_act ("win.letter-hex");
}
END_TEST

START_TEST (stuffed_dots_and_the_end_are_rows_that_say_so)
{
  do_act ("win.letter-form::both");
  gpo_letter_pane_get_facts (pane);
  const GpoBytesScene *scene = gpo_bytes_view_get_scene (gpo_letter_pane_get_bytes (pane));
  guint dots = 0, ends = 0;
  for (guint i = 0; i < gpo_letter_rows_n (scene->rows); i++)
    {
      GpoByteRow row;
      gpo_letter_rows_get (scene->rows, i, &row);
      g_autofree char *words = gpo_bytes_row_words (scene, i);
      dots += row.dot;
      ends += row.end;
      if (row.dot)
        {
          ck_assert_ptr_nonnull (strstr (words, "a dot was stuffed"));
          ck_assert_uint_eq (row.wire.length, row.stored.length + 1);
        }
    }
  ck_assert_uint_eq (dots, 2);
  ck_assert_uint_eq (ends, 1);
}
END_TEST

/* --- parts --- */

START_TEST (part_is_shown_decoded_beside_raw)
{
  static const struct
  {
    gint part;
    const char *decoded, *raw, *words;
  } rows[] = { { 2, "40 jars at 3 €. This line is longer than a line may be", "3 =E2=82=AC. This line is longer", NULL },
               { 3, "<script>alert(\"never run\")</script>", "PGh0bWw+", "The harvest is in — 40 jars & more." },
               { 4, "000000  00 01 02 03 04 05 06 07  ........", "AAECAwQF", NULL } };
  GpoLetterFacts *facts = (GpoLetterFacts *) gpo_letter_pane_get_facts (pane);
  GpoPartFact *part = facts->parts->pdata[rows[_i].part];
  g_autofree char *decoded = gpo_part_decoded_shown (facts, part), *raw = gpo_part_raw_shown (facts, part);
  g_autofree char *words = gpo_part_words_shown (facts, part);
  ck_assert_msg (strstr (decoded, rows[_i].decoded), "%s", decoded);
  ck_assert_msg (strstr (raw, rows[_i].raw), "%s", raw);
  ck_assert (!rows[_i].words == !words);
  if (words)
    {
      ck_assert_msg (strstr (words, rows[_i].words), "%s", words);
      ck_assert_ptr_null (strstr (words, "never run"));
    }
}
END_TEST

START_TEST (saved_part_has_its_bytes_and_a_harmless_name)
{
  static const struct
  {
    guint letter;
    gint part;
    const char *name;
    gsize size;
  } rows[] = { { 3, 4, "olivées.png", 768 }, { 4, 2, "fdp.exe", 30 } };
  g_autofree char *action = g_strdup_printf ("win.letter(uint32 %u)", rows[_i].letter);
  do_act (action);
  gpo_letter_pane_get_facts (pane);
  gpo_letter_pane_choose_part (pane, rows[_i].part);
  ck_assert_int_eq (gpo_letter_pane_get_part (pane), rows[_i].part);
  g_autofree char *name = NULL;
  g_autoptr (GBytes) content = gpo_letter_pane_part_content (pane, &name);
  ck_assert_ptr_nonnull (content);
  ck_assert_str_eq (name, rows[_i].name);
  ck_assert_uint_eq (g_bytes_get_size (content), rows[_i].size);
}
END_TEST

/* No label of a hostile letter has a character that turns the writing around. */
START_TEST (nothing_in_a_letter_turns_the_writing)
{
  do_act ("win.letter(uint32 4)");
  gpo_letter_pane_get_facts (pane);
  do_act ("win.letter-field::Subject");
  g_autofree char *text = text_of (pane);
  ck_assert_ptr_nonnull (strstr (text, "invoice"));
  ck_assert_ptr_null (strstr (text, "\u202e"));
  ck_assert_ptr_null (strstr (text, "\u200b"));
}
END_TEST

/* --- hops --- */

START_TEST (hops_show_the_chain_and_what_each_host_added)
{
  do_act ("win.letter-tab::hops");
  gpo_letter_pane_get_facts (pane);
  GpoHopsView *hops = gpo_letter_pane_get_hops (pane);
  ck_assert_uint_eq (gpo_hops_view_get_chain (hops)->len, 3);
  g_autofree char *text = gpo_hops_view_get_text (hops);
  static const char *const told[] = { "a mail program → athens\n",
                                      "athens → gateway\n",
                                      "gateway → sparta\n",
                                      "+ Received: from gateway.example ([127.0.0.1])CRLF\n",
                                      "+ Return-Path: <alice@athens.example>CRLF\n",
                                      "and changed no other byte" };
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    ck_assert_msg (strstr (text, told[i]), "not told: %s", told[i]);
  ck_assert_ptr_null (strstr (text, "\n− "));
  g_autofree char *words = gpo_chain_hop_words (gpo_hops_view_get_chain (hops), 1);
  ck_assert_ptr_nonnull (strstr (words, "from athens.example to gateway.example, ESMTPS"));
}
END_TEST

START_TEST (forged_hops_are_only_claimed)
{
  do_act ("win.letter(uint32 4)");
  do_act ("win.letter-tab::hops");
  gpo_letter_pane_get_facts (pane);
  GPtrArray *chain = gpo_hops_view_get_chain (gpo_letter_pane_get_hops (pane));
  ck_assert_uint_eq (chain->len, 3);
  const GpoChainHop *first = chain->pdata[0], *last = chain->pdata[2];
  ck_assert_uint_eq (first->field->added_by, 0);
  ck_assert_str_eq (gpo_symbol_name (last->field->added_by), "sparta");
  ck_assert (last->broken);
  ck_assert (last->timed && last->delay < 0);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("letter");
  TCase *t = tcase_create ("letter");
  tcase_add_unchecked_fixture (t, setup, teardown_window);
  tcase_add_checked_fixture (t, reset, NULL);
  tcase_set_timeout (t, 60);
  tcase_add_loop_test (t, pane_shows_the_facts_at_n, 0, N_PLACES);
  tcase_add_test (t, card_gives_way_to_the_view_and_comes_back);
  tcase_add_loop_test (t, pointing_at_a_field_lights_its_bytes_and_names_its_event, 0, 3);
  tcase_add_test (t, envelope_rows_lead_to_the_line_that_said_it);
  tcase_add_loop_test (t, disagreements_are_told_in_words, 0, 4);
  tcase_add_test (t, transfers_can_be_walked);
  tcase_add_loop_test (t, rows_have_every_byte_once, 0, 6);
  tcase_add_test (t, stuffed_dots_and_the_end_are_rows_that_say_so);
  tcase_add_loop_test (t, part_is_shown_decoded_beside_raw, 0, 3);
  tcase_add_loop_test (t, saved_part_has_its_bytes_and_a_harmless_name, 0, 2);
  tcase_add_test (t, nothing_in_a_letter_turns_the_writing);
  tcase_add_test (t, hops_show_the_chain_and_what_each_host_added);
  tcase_add_test (t, forged_hops_are_only_claimed);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
