/* SPDX-License-Identifier: MIT */
/* test-ladder.c: what is a rung, what is folded into one, what a letter's journey has. Pure: no display. */
#include "caption.h"
#include "ladder-draw.h"
#include "ladder-journey.h"
#include "trace/trace-read.h"
#include <check.h>
#include <string.h>

/* What a case says, line by line: "C" from the client, "S" from the server, "D" data; "+" behind the letter:
 * more was sent already; a number in front: so many seconds later. */
typedef struct
{
  const char *name;
  const char *said[12];
  const char *open, *folded; /* the rungs: C, S, D, "~" for a gap, each with what it holds beyond the first */
} Case;

static const Case cases[] = {
  { "commands that wait are rungs of their own", { "C MAIL", "S 250 a", "C RCPT", "S 250 b" }, "C S C S", "C S C S" },
  { "lines of one reply are one rung", { "C EHLO", "S 250-a", "S 250-b", "S 250 c" }, "C S2", "C S2" },
  { "a server answers pipelined commands one by one",
    { "C+MAIL", "S 250 a", "C+RCPT", "S 250 b", "C DATA", "S 354 c" },
    "C S C S C S",
    "C2 S2" },
  { "on the wire all commands come first",
    { "C MAIL", "C RCPT", "C DATA", "S 250 a", "S 550 b", "S 354 c" },
    "C C C S S S",
    "C2 S2" },
  { "a group ends where the client waits",
    { "C+MAIL", "S 250 a", "C RCPT", "S 250 b", "C DATA", "S 354 c" },
    "C S C S C S",
    "C1 S1 C S" },
  { "replies of a group may have several lines",
    { "C+NOOP", "S 250-a", "S 250 b", "C NOOP", "S 250-c", "S 250 d" },
    "C S1 C S1",
    "C1 S3" },
  { "pieces of data are one rung, folded with the dot", { "D", "D", "D", "C end-of-data", "S 250 a" }, "D2 C S", "D3 S" },
  { "a second that passed is told", { "C NOOP", "2 S 250 a", "C NOOP" }, "C ~ S C", "C ~ S C" },
};

static void
say (GpoLog *log, const char *said, gint64 *time)
{
  GpoEventBuilder b;
  if (g_ascii_isdigit (said[0]))
    {
      *time += g_ascii_strtoll (said, (char **) &said, 10) * G_USEC_PER_SEC;
      said++;
    }
  gpo_event_begin (&b, said[0] == 'D' ? GPO_KIND_DATA : GPO_KIND_LINE);
  b.event.time = *time += 10;
  b.event.host = gpo_symbol ("athens");
  b.event.session = 1;
  b.event.letter = said[0] == 'D' ? 1 : 0;
  gpo_event_add_text (&b, GPO_FIELD_FROM, said[0] == 'S' ? "server" : "client", -1);
  if (said[0] == 'C')
    gpo_event_add_text (&b, GPO_FIELD_VERB, said + 2, -1);
  if (said[0] == 'C' && said[1] == '+')
    gpo_event_add_boolean (&b, GPO_FIELD_AHEAD, TRUE);
  if (said[0] == 'S')
    gpo_event_add_number (&b, GPO_FIELD_CODE, g_ascii_strtoll (said + 2, NULL, 10));
  if (said[0] == 'D')
    gpo_event_add_number (&b, GPO_FIELD_LENGTH, 100);
  else
    gpo_event_add_text (&b, GPO_FIELD_TEXT, said + 2, -1);
  gpo_log_append (log, &b);
}

static char *
rungs (GpoCursor *cursor, gboolean fold)
{
  g_autoptr (GpoLadderModel) model = gpo_ladder_model_new (cursor, fold);
  GString *out = g_string_new (NULL);
  gpo_ladder_model_grow (model, 0);
  for (guint i = 0; i < gpo_ladder_model_n_rungs (model); i++)
    {
      const GpoRung *rung = gpo_ladder_model_rung (model, i);
      const GpoEvent *event = gpo_log_get (gpo_ladder_model_log (model), rung->n);
      gboolean server = strcmp (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") == 0;
      g_string_append_printf (out, "%s%s", i ? " " : "",
                              rung->kind == GPO_RUNG_GAP     ? "~"
                              : event->kind == GPO_KIND_DATA ? "D"
                              : server                       ? "S"
                                                             : "C");
      if (rung->folded)
        g_string_append_printf (out, "%u", rung->folded);
    }
  return g_string_free (out, FALSE);
}

START_TEST (rungs_are_as_said)
{
  const Case *c = &cases[_i];
  gint64 time = 1;
  g_autoptr (GpoLog) log = gpo_log_new ();
  for (guint i = 0; i < G_N_ELEMENTS (c->said) && c->said[i]; i++)
    say (log, c->said[i], &time);
  g_autoptr (GpoCursor) cursor = gpo_cursor_new (log);
  gpo_cursor_update (cursor, 0);
  g_autofree char *open = rungs (cursor, FALSE), *folded = rungs (cursor, TRUE);
  ck_assert_msg (strcmp (open, c->open) == 0, "%s: %s", c->name, open);
  ck_assert_msg (strcmp (folded, c->folded) == 0, "%s, folded: %s", c->name, folded);
}
END_TEST

START_TEST (group_says_what_it_holds)
{
  gint64 time = 1;
  guint n;
  g_autoptr (GpoLog) log = gpo_log_new ();
  for (guint i = 0; i < 6; i++)
    say (log, cases[3].said[i], &time);
  g_autoptr (GpoCursor) cursor = gpo_cursor_new (log);
  gpo_cursor_update (cursor, 0);
  g_autoptr (GpoLadderModel) model = gpo_ladder_model_new (cursor, TRUE);
  gpo_ladder_model_grow (model, 0);
  g_autofree char *commands = gpo_ladder_model_group (model, gpo_ladder_model_rung (model, 0), &n);
  ck_assert_str_eq (commands, "MAIL, RCPT, DATA");
  ck_assert_uint_eq (n, 3);
  g_autofree char *replies = gpo_ladder_model_group (model, gpo_ladder_model_rung (model, 1), &n);
  ck_assert_str_eq (replies, "250, 550, 354");
}
END_TEST

static GpoLog *
load_trace (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), name, NULL);
  GpoLog *log = gpo_log_new ();
  ck_assert_msg (gpo_trace_load (log, path, NULL, &error), "%s", error ? error->message : "");
  return log;
}

static GpoLog *
load (void)
{
  return load_trace ("tests/gui/letters.trace");
}

/* Every letter's journey has each MAIL FROM that carried it, and none of another letter. */
START_TEST (journey_has_what_was_said_around_the_letter)
{
  static const guint mails[] = { 3, 1, 3, 1 };
  g_autoptr (GpoLog) log = load ();
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  const GpoLetterTrack *letter = gpo_picture_letter (picture, (guint) _i);
  g_autoptr (GArray) journey = gpo_ladder_journey (picture, letter);
  guint n = 0, named = 0;
  for (guint i = 0; i < journey->len; i++)
    {
      guint32 at = g_array_index (journey, guint32, i);
      const GpoEvent *event = gpo_log_get (log, at);
      const char *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL);
      ck_assert (i == 0 || at > g_array_index (journey, guint32, i - 1));
      ck_assert (event->letter == 0 || event->letter == letter->number);
      named += event->letter == letter->number;
      n += event->kind == GPO_KIND_LINE && g_strcmp0 (verb, "MAIL") == 0
           && strcmp (gpo_event_text (event, GPO_FIELD_FROM, NULL), "client") == 0;
    }
  ck_assert_uint_eq (named, letter->events.n);
  ck_assert_uint_eq (n, mails[_i]);
}
END_TEST

/* Taken in piece by piece it is the same ladder, and the row of n is the last rung not later. */
START_TEST (ladder_grows_piece_by_piece)
{
  g_autoptr (GpoLog) log = load ();
  g_autoptr (GpoCursor) cursor = gpo_cursor_new (log);
  gpo_cursor_update (cursor, 0);
  g_autoptr (GpoLadderModel) whole = gpo_ladder_model_new (cursor, _i), pieces = gpo_ladder_model_new (cursor, _i);
  gpo_ladder_model_grow (whole, 0);
  while (gpo_ladder_model_grow (pieces, 7))
    ;
  ck_assert_uint_eq (gpo_ladder_model_n_rungs (whole), gpo_ladder_model_n_rungs (pieces));
  for (guint i = 0; i < gpo_ladder_model_n_rungs (whole); i++)
    {
      const GpoRung *a = gpo_ladder_model_rung (whole, i), *b = gpo_ladder_model_rung (pieces, i);
      ck_assert (a->n == b->n && a->kind == b->kind && a->folded == b->folded && a->from == b->from && a->to == b->to);
      if (a->kind != GPO_RUNG_GAP)
        ck_assert_uint_eq (gpo_ladder_model_row (whole, a->n), i);
    }
}
END_TEST

/* In labs/12 a letter waits for a host that is down; the clock is moved on by five minutes, and it goes. The jump
 * stands where it was made, in everything and in the letter's journey; what it brought about comes behind it. */
START_TEST (clock_jump_stands_in_its_place)
{
  g_autoptr (GpoLog) log = load_trace ("labs/12-the-gateway-is-down/solution.trace");
  g_autoptr (GpoCursor) cursor = gpo_cursor_new (log);
  gpo_cursor_update (cursor, 0);
  if (_i)
    gpo_cursor_choose (cursor, GPO_SUBJECT_LETTER, 3);
  g_autoptr (GpoLadderModel) model = gpo_ladder_model_new (cursor, FALSE);
  gpo_ladder_model_grow (model, 0);
  guint jumps = 0;
  for (guint i = 0; i < gpo_ladder_model_n_rungs (model); i++)
    {
      const GpoRung *rung = gpo_ladder_model_rung (model, i);
      gint64 us = gpo_ladder_model_gap (model, i);
      if (rung->kind == GPO_RUNG_GAP && us > 60 * G_USEC_PER_SEC)
        ck_assert_uint_eq (jumps, 1);
      if (rung->kind != GPO_RUNG_CLOCK)
        continue;
      jumps++;
      ck_assert_int_eq (gpo_log_get (log, rung->n)->kind, GPO_KIND_CLOCK);
      ck_assert (us > 290 * G_USEC_PER_SEC && us < 310 * G_USEC_PER_SEC);
      ck_assert (i > 0 && i + 1 < gpo_ladder_model_n_rungs (model));
      ck_assert_uint_lt (gpo_ladder_model_rung (model, i - 1)->n, rung->n);
      ck_assert_uint_gt (gpo_ladder_model_rung (model, i + 1)->n, rung->n);
      g_autofree char *words = gpo_clock_words (gpo_log_get (log, rung->n), us);
      ck_assert_ptr_nonnull (strstr (words, "moved on by 5 min"));
    }
  ck_assert_uint_eq (jumps, 1);
}
END_TEST

START_TEST (lit_row_and_caption_tell_of_the_same)
{
  static const struct
  {
    const char *trace;
    GpoSubject subject;
    guint32 number;
  } rows[] = {
    { "tests/gui/letters.trace", GPO_SUBJECT_LETTER, 1 },
    { "tests/gui/letters.trace", GPO_SUBJECT_LETTER, 3 },
    { "tests/gui/letters.trace", GPO_SUBJECT_SESSION, 4 },
    { "labs/12-the-gateway-is-down/solution.trace", GPO_SUBJECT_LETTER, 3 },
    { "labs/12-the-gateway-is-down/solution.trace", GPO_SUBJECT_SESSION, 1 },
  };
  g_autoptr (GpoLog) log = load_trace (rows[_i].trace);
  g_autoptr (GpoCursor) cursor = gpo_cursor_new (log);
  gpo_cursor_update (cursor, 0);
  gpo_cursor_choose (cursor, rows[_i].subject, rows[_i].number);
  g_autoptr (GpoLadderModel) model = gpo_ladder_model_new (cursor, FALSE);
  gpo_ladder_model_grow (model, 0);
  ck_assert_uint_gt (gpo_ladder_model_n_rungs (model), 3);
  for (guint64 n = 0; n < gpo_log_length (log); n++)
    {
      gpo_cursor_set_n (cursor, n);
      guint64 told = gpo_cursor_get_event (cursor);
      guint lit = gpo_ladder_model_lit (model, n);
      g_autofree char *caption = gpo_caption (cursor), *start = g_strdup_printf ("Event %lu", (gulong) told);
      ck_assert_int_eq (lit == G_MAXUINT && told != G_MAXUINT64, FALSE);
      if (lit == G_MAXUINT)
        continue;
      ck_assert_msg (g_str_has_prefix (caption, start), "%s", caption);
      ck_assert_uint_eq (gpo_ladder_model_row (model, told), lit);
      ck_assert_uint_le (gpo_ladder_model_rung (model, lit)->n, told);
    }
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("ladder");
  TCase *c = tcase_create ("ladder");
  tcase_add_loop_test (c, rungs_are_as_said, 0, G_N_ELEMENTS (cases));
  tcase_add_test (c, group_says_what_it_holds);
  tcase_add_loop_test (c, journey_has_what_was_said_around_the_letter, 0, 4);
  tcase_add_loop_test (c, ladder_grows_piece_by_piece, 0, 2);
  tcase_add_loop_test (c, clock_jump_stands_in_its_place, 0, 2);
  tcase_add_loop_test (c, lit_row_and_caption_tell_of_the_same, 0, 5);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
