/* SPDX-License-Identifier: MIT */
/* test-cursors.c: every pane at every place of a trace.
 *
 * The window is a function of the trace and n. So (1) at each of fifty cursors a pane says what the fold of the first
 * n events says, where the fold is models made anew of a trace that ends there; (2) a step back and on is the
 * identity; (3) after a live run the window's picture at every n is that of the saved file. Panes are read through
 * their models, never by pixels. The hold strip and the labs are about the end of the trace, whatever n is
 * (test-end-panes.c); which session is held at n is in the list of sessions and on the map. */
#include "window-fixture.h"
#include "caption.h"
#include "letter-pane.h"
#include "map-view.h"
#include "trace/trace-read.h"
#include <glib/gstdio.h>

/* What panes are read from: a window's, or those of a fold. */
typedef struct
{
  GpoCursor *cursor;
  GpoMapModel *map;
  GpoLadderModel *ladder;
  GpoTraceModel *transcript;
  GListModel *sessions, *letters;
  const GpoLetterFacts *card, *letter; /* NULL: no letter */
  char *caption, *clock;
} World;

/* --- panes in words --- */

static void
tell_pile (GString *out, const GpoMapPile *pile)
{
  g_string_append_printf (out, " %u:", pile->count);
  for (guint i = 0; i < pile->n_shown; i++)
    g_string_append_printf (out, " %u%s%s", pile->shown[i], pile->pale[i] ? " pale" : "", pile->late[i] ? " late" : "");
}

static void
tell_map (GString *out, World *world)
{
  for (guint i = 0; i < gpo_map_model_n_places (world->map); i++)
    {
      const GpoMapPlace *place = gpo_map_model_place (world->map, i);
      g_autofree char *words = gpo_map_place_words (world->map, place);
      g_string_append_printf (out, "%s; %s%u sessions, %u rules, queue", words, place->down ? "down, " : "", place->sessions,
                              place->rules->len);
      tell_pile (out, &place->queue);
      for (guint k = 0; k < place->boxes->len; k++)
        tell_pile (out, &g_array_index (place->boxes, GpoMapBox, k).letters);
      g_string_append_c (out, '\n');
    }
  for (guint i = 0; i < gpo_map_model_n_links (world->map); i++)
    {
      const GpoMapLink *link = gpo_map_model_link (world->map, i);
      g_autofree char *words = gpo_map_link_words (world->map, link);
      g_string_append_printf (out, "%s; letter %u at %.2f, tone %u%s%s\n", words, link->letter, link->at, link->tone,
                              link->held ? ", held" : "", link->tls ? ", TLS" : "");
    }
}

static void
tell_ladder (GString *out, World *world)
{
  guint row = gpo_ladder_model_row (world->ladder, gpo_cursor_get_n (world->cursor));
  for (guint i = 0; row != G_MAXUINT && i <= row; i++)
    {
      const GpoRung *rung = gpo_ladder_model_rung (world->ladder, i);
      g_string_append_printf (out, "%u %u %s → %s\n", rung->n, rung->kind,
                              gpo_symbol_name (gpo_ladder_model_lane (world->ladder, rung->from)->host),
                              gpo_symbol_name (gpo_ladder_model_lane (world->ladder, rung->to)->host));
    }
}

static void
tell_transcript (GString *out, World *world)
{
  GpoLog *log = gpo_cursor_get_log (world->cursor);
  guint row = gpo_trace_model_row (world->transcript, gpo_cursor_get_n (world->cursor));
  for (guint i = 0; row != G_MAXUINT && i <= row; i++)
    {
      guint64 n = gpo_trace_model_event (world->transcript, i);
      g_autofree char *line = gpo_event_line (log, n, gpo_log_get (log, n));
      g_string_append_printf (out, "%s\n", line);
    }
}

static void
tell_states (GString *out, World *world)
{
  g_auto (GpoStatePlace) place;
  gpo_state_place_init (&place, world->cursor);
  if (!place.machine)
    return;
  g_string_append_printf (out, "%s: %s, %s, last %d → %d, walked", place.title, place.machine->name,
                          place.machine->states[place.current], place.last_from, place.last_to);
  for (guint i = 0; i < 64 * 64; i++)
    if (place.walked[i / 64][i % 64])
      g_string_append_printf (out, " %u-%u", i / 64, i % 64);
}

static void
tell_list (GString *out, World *world, GListModel *list)
{
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GpoSubjectItem) item = g_list_model_get_item (list, i);
      g_auto (GpoSubjectWords) words;
      gpo_subject_words_init (&words, world->cursor, gpo_subject_item_get_subject (item),
                              gpo_subject_item_get_number (item));
      g_string_append_printf (out, "%s %s | %s | %s\n", words.sign, words.title, words.detail, words.status);
    }
}

static void
tell_sessions (GString *out, World *world)
{
  tell_list (out, world, world->sessions);
}

static void
tell_letters (GString *out, World *world)
{
  tell_list (out, world, world->letters);
}

static void
tell_facts (GString *out, const GpoLetterFacts *facts)
{
  if (!facts)
    return;
  g_string_append_printf (out, "letter %u at %s, %s, %s, %" G_GINT64_FORMAT " bytes\n", facts->number,
                          facts->host ? facts->host : "-", facts->place ? facts->place : "-",
                          facts->mailbox ? facts->mailbox : "-", facts->size);
  for (guint i = 0; i < facts->hops->len; i++)
    {
      const GpoHop *hop = facts->hops->pdata[i];
      for (guint k = 0; k < hop->said->len; k++)
        {
          const GpoSaid *said = hop->said->pdata[k];
          g_string_append_printf (out, "hop %u: <%s>%s\n", i, said->path, said->in_header ? " in the header" : "");
        }
    }
  for (guint i = 0; i < facts->fields->len; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      g_string_append_printf (out, "%s: %s\n", field->name, field->text);
    }
  g_string_append_printf (out, "%u parts; %s\n", facts->parts->len, facts->body ? facts->body : "-");
}

static void
tell_card (GString *out, World *world)
{
  tell_facts (out, world->card);
}

static void
tell_letter (GString *out, World *world)
{
  tell_facts (out, world->letter);
}

static void
tell_caption (GString *out, World *world)
{
  g_string_append (out, world->caption);
}

/* All but how many events there are. */
static void
tell_time (GString *out, World *world)
{
  g_string_append_len (out, world->clock, (gssize) strcspn (world->clock, "/"));
}

static const struct
{
  const char *name;
  void (*tell) (GString *out, World *world);
} panes[] = {
  { "map", tell_map },       { "ladder", tell_ladder },     { "transcript", tell_transcript },
  { "states", tell_states }, { "sessions", tell_sessions }, { "letters", tell_letters },
  { "card", tell_card },     { "letter", tell_letter },     { "caption", tell_caption },
  { "time", tell_time },
};

static char *
tell (guint pane, World *world)
{
  GString *out = g_string_new (NULL);
  panes[pane].tell (out, world);
  return g_string_free (out, FALSE);
}

static char *
tell_all (World *world)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (panes); i++)
    {
      g_string_append_printf (out, "--- %s\n", panes[i].name);
      panes[i].tell (out, world);
    }
  return g_string_free (out, FALSE);
}

/* --- the window's world --- */

/* As the window is now; valid until it moves. Free with world_clear(). */
static void
world_of_window (World *world)
{
  GpoLetterPane *letter = GPO_LETTER_PANE (gpo_window_get_pane (window, "letter"));
  *world = (World){ gpo_window_get_cursor (window) };
  world->map = gpo_map_view_get_model (GPO_MAP_VIEW (gpo_window_get_pane (window, "map")));
  world->ladder = gpo_ladder_view_get_model (gpo_window_get_ladder (window));
  world->transcript = gpo_transcript_view_get_model (gpo_window_get_transcript (window));
  world->sessions = G_LIST_MODEL (gpo_subject_list_get_model (gpo_window_get_sessions (window)));
  world->letters = G_LIST_MODEL (gpo_subject_list_get_model (gpo_window_get_letters (window)));
  world->card = gpo_letter_view_get_facts (gpo_window_get_letter (window));
  world->letter = gpo_letter_pane_get_facts (letter);
  world->caption = g_strdup (gpo_window_get_caption (window));
  world->clock = g_strdup (gpo_time_bar_get_clock (gpo_window_get_time_bar (window)));
}

static void
world_clear (World *world)
{
  g_free (world->caption);
  g_free (world->clock);
}

/* --- the fold of the first n events --- */

typedef struct
{
  World world;
  GpoLog *log;
  GpoLetterFacts *facts;
} Fold;

/* The recorded trace up to event n, and nothing behind it. */
static GpoLog *
first_events (guint64 n)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = recorded_trace (), *text = NULL,
                  *cut = g_build_filename (g_get_tmp_dir (), "cursors-XXXXXX", NULL);
  GpoLog *log = gpo_log_new ();
  ck_assert (g_file_get_contents (path, &text, NULL, &error));
  char *end = text;
  for (guint64 lines = 0; lines < n + 2; lines++) /* the head, and events 0 to n */
    end = strchr (end, '\n') + 1;
  int fd = g_mkstemp (cut);
  ck_assert_int_ge (fd, 0);
  g_close (fd, NULL);
  ck_assert (g_file_set_contents (cut, text, end - text, &error));
  ck_assert_msg (gpo_trace_load (log, cut, NULL, &error), "%s", error ? error->message : "");
  g_unlink (cut);
  ck_assert_uint_eq (gpo_log_length (log), n + 1);
  return log;
}

static void
fold_init (Fold *fold, guint64 n, GpoSubject subject, guint32 number)
{
  World *world = &fold->world;
  *fold = (Fold){ .log = first_events (n) };
  world->cursor = gpo_cursor_new (fold->log);
  gpo_cursor_update (world->cursor, 0);
  gpo_cursor_choose (world->cursor, subject, number);
  GpoPicture *picture = gpo_cursor_get_picture (world->cursor);
  world->map = gpo_map_model_new (picture);
  gpo_map_model_set_n (world->map, n);
  world->ladder = gpo_ladder_model_new (world->cursor, FALSE);
  gpo_ladder_model_grow (world->ladder, 0);
  world->transcript = gpo_trace_model_new (picture, gpo_cursor_get_track (world->cursor), NULL);
  world->sessions = G_LIST_MODEL (gpo_subject_model_new (world->cursor, GPO_SUBJECT_SESSION));
  world->letters = G_LIST_MODEL (gpo_subject_model_new (world->cursor, GPO_SUBJECT_LETTER));
  guint32 letter = gpo_cursor_get_letter (world->cursor);
  if (letter)
    fold->facts = gpo_letter_facts_new (picture, gpo_picture_letter_numbered (picture, letter), n);
  world->card = world->letter = fold->facts;
  world->caption = gpo_caption (world->cursor);
  g_autofree char *time = gpo_time_words (gpo_log_get (fold->log, n)->time);
  world->clock = g_strdup_printf ("%s s · %lu/", time, (gulong) n + 1);
}

static void
fold_clear (Fold *fold)
{
  world_clear (&fold->world);
  g_clear_pointer (&fold->facts, gpo_letter_facts_free);
  gpo_map_model_free (fold->world.map);
  gpo_ladder_model_free (fold->world.ladder);
  g_object_unref (fold->world.transcript);
  g_object_unref (fold->world.sessions);
  g_object_unref (fold->world.letters);
  g_object_unref (fold->world.cursor);
  gpo_log_free (fold->log);
}

/* --- a recorded trace --- */

#define CURSORS 50
#define LETTERS 4 /* in the trace */

static guint64 first; /* event in which somebody connects: the world has been told by then */

static void
setup_file (void)
{
  setup_recorded ();
  GpoLog *log = gpo_cursor_get_log (gpo_window_get_cursor (window));
  for (first = 0; gpo_log_get (log, first)->kind != GPO_KIND_CONNECT; first++)
    ;
}

static guint64
place (int i)
{
  guint64 length = gpo_cursor_get_length (gpo_window_get_cursor (window));
  return first + (length - first) * (guint64) i / CURSORS;
}

/* Everything at one cursor, one of the sessions at the next, then one of the letters, whose ladder is its journey. */
static GpoSubject
subject_of (int i, guint32 *number)
{
  static const GpoSubject subjects[] = { GPO_SUBJECT_EVERYTHING, GPO_SUBJECT_SESSION, GPO_SUBJECT_LETTER };
  *number = i % 3 == 0 ? 0 : 1 + (guint32) (i / 3) % (i % 3 == 1 ? 5 : LETTERS);
  return subjects[i % 3];
}

/* An event of the letter: what was said around those belongs to its journey only once the letter is there. */
static guint64
place_of_letter (int i, guint32 number)
{
  GpoPicture *picture = gpo_cursor_get_picture (gpo_window_get_cursor (window));
  const GpoTrack *events = &gpo_picture_letter_numbered (picture, number)->events;
  return events->events[(guint) i * (events->n - 1) / (CURSORS - 1)];
}

/* Where the cursor is for case i. */
static guint64
place_for (int i)
{
  guint32 number;
  return subject_of (i, &number) == GPO_SUBJECT_LETTER ? place_of_letter (i, number) : place (i);
}

/* One row a pane a cursor. */
START_TEST (pane_at_a_cursor_is_what_the_fold_says)
{
  int cursor = _i % CURSORS;
  guint pane = (guint) _i / CURSORS;
  guint32 number;
  GpoSubject subject = subject_of (cursor, &number);
  World world;
  Fold fold;
  gpo_cursor_choose (gpo_window_get_cursor (window), subject, number);
  gpo_cursor_set_n (gpo_window_get_cursor (window), place_for (cursor));
  fold_init (&fold, place_for (cursor), subject, number);
  world_of_window (&world);
  g_autofree char *shown = tell (pane, &world), *folded = tell (pane, &fold.world);
  ck_assert_msg (strcmp (shown, folded) == 0, "%s at event %lu\n%s\n--- the fold says\n%s", panes[pane].name,
                 (gulong) place_for (cursor), shown, folded);
  world_clear (&world);
  fold_clear (&fold);
}
END_TEST

static char *
tell_window (void)
{
  World world;
  world_of_window (&world);
  char *told = tell_all (&world);
  world_clear (&world);
  return told;
}

START_TEST (step_back_and_on_is_the_identity)
{
  guint32 number;
  GpoSubject subject = subject_of (_i, &number);
  GpoCursor *cursor = gpo_window_get_cursor (window);
  gpo_cursor_choose (cursor, subject, number);
  const GpoTrack *track = gpo_cursor_get_track (cursor);
  gpo_cursor_set_n (cursor, track ? track->events[1 + (guint) _i % (track->n - 2)] : place (_i));
  g_autofree char *before = tell_window ();
  ck_assert (act ("win.go::back"));
  g_autofree char *back = tell_window ();
  ck_assert_str_ne (before, back);
  ck_assert (act ("win.go::forward"));
  g_autofree char *after = tell_window ();
  ck_assert_msg (strcmp (before, after) == 0, "%s\n--- and then\n%s", before, after);
}
END_TEST

/* --- live = replay --- */

static gboolean
is_delivered (gpointer data)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  const GpoLetterTrack *letter = gpo_picture_letter_numbered (gpo_cursor_get_picture (cursor), GPOINTER_TO_UINT (data));
  const GpoEvent *last
      = letter && letter->mailboxes.n ? gpo_log_get (gpo_cursor_get_log (cursor), letter->mailboxes.events[0]) : NULL;
  return last && last->host == gpo_symbol ("sparta");
}

static guint32
send_letter (GpoSource *source)
{
  static const char text[] = "From: Alice <alice@athens.example>\r\nTo: Bob <bob@sparta.example>\r\nSubject: "
                             "live\r\n\r\nHello.\r\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  const char *const to[] = { "bob@sparta.example", NULL };
  guint32 number = gpo_office_send (gpo_source_get_office (source), "athens", "alice@athens.example", to, bytes, &error);
  ck_assert_msg (number != 0, "%s", error ? error->message : "");
  return number;
}

/* The panes at every n up to `length`. */
static GPtrArray *
tell_every (guint64 length)
{
  GPtrArray *told = g_ptr_array_new_with_free_func (g_free);
  for (guint64 n = 0; n < length; n++)
    {
      gpo_cursor_set_n (gpo_window_get_cursor (window), n);
      g_ptr_array_add (told, tell_window ());
    }
  return told;
}

START_TEST (saved_file_shows_what_the_live_window_showed)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("cursors-XXXXXX", &error), *path = g_build_filename (folder, "live.trace", NULL);
  GpoOfficeConfig config = { .scenario = gpo_scenario_load (NULL, 0, &error), .no_control = TRUE, .trace = path };
  GpoSource *source = gpo_source_new_office (&config, &error);
  ck_assert_msg (source != NULL, "%s", error ? error->message : "");
  window = gpo_app_show (app, source);
  ck_assert (turn_until (is_delivered, GUINT_TO_POINTER (send_letter (source))));
  guint64 length = gpo_cursor_get_length (gpo_window_get_cursor (window));
  g_object_unref (source);
  ck_assert_uint_gt (length, 100);
  g_autoptr (GPtrArray) live = tell_every (length);
  close_window (); /* and the office ends: the file is whole */
  open_path (path);
  ck_assert_uint_ge (gpo_cursor_get_length (gpo_window_get_cursor (window)), length);
  g_autoptr (GPtrArray) saved = tell_every (length);
  for (guint64 n = 0; n < length; n++)
    ck_assert_msg (strcmp (live->pdata[n], saved->pdata[n]) == 0, "at event %lu live:\n%s\n--- in the file:\n%s", (gulong) n,
                   (char *) live->pdata[n], (char *) saved->pdata[n]);
  close_window ();
  g_unlink (path);
  g_rmdir (folder);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("cursors");
  TCase *file = tcase_create ("file"), *live = tcase_create ("live");
  tcase_add_unchecked_fixture (file, setup_file, teardown_window);
  tcase_set_timeout (file, 60);
  tcase_add_loop_test (file, pane_at_a_cursor_is_what_the_fold_says, 0, CURSORS * G_N_ELEMENTS (panes));
  tcase_add_loop_test (file, step_back_and_on_is_the_identity, 0, CURSORS);
  suite_add_tcase (s, file);
  tcase_add_checked_fixture (live, setup_app, teardown_app);
  tcase_set_timeout (live, 60);
  tcase_add_test (live, saved_file_shows_what_the_live_window_showed);
  suite_add_tcase (s, live);
  return s;
}

#include "check-main.h"
