/* SPDX-License-Identifier: MIT */
/* test-picture.c: what was true at n, looked up, equals what a fold from the first event to n says. */
#include "../../support/recorded.h"
#include "replay/letter-facts.h"
#include "replay/picture.h"
#include "replay/world.h"
#include <check.h>
#include <string.h>

#define N_PLACES 60

static guint64
place (GpoLog *log, int i)
{
  return gpo_log_length (log) * (guint64) i / N_PLACES;
}

/* The state of a session's server, by reading every event up to n. */
static const char *
folded_state (GpoLog *log, guint32 session, guint64 n)
{
  const char *state = NULL;
  for (guint64 i = 0; i <= n; i++)
    {
      const GpoEvent *event = gpo_log_get (log, i);
      const char *machine = event->kind == GPO_KIND_EDGE ? gpo_event_text (event, GPO_FIELD_MACHINE, NULL) : NULL;
      if (event->session == session && g_strcmp0 (machine, "smtp-server") == 0)
        state = gpo_event_text (event, GPO_FIELD_TO, NULL);
    }
  return state;
}

START_TEST (session_state_at_n_is_that_of_a_fold)
{
  g_autoptr (GpoLog) log = recorded_log ();
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  guint64 n = place (log, _i);
  for (guint i = 0; i < gpo_picture_n_sessions (picture); i++)
    {
      const GpoSessionTrack *session = gpo_picture_session (picture, i);
      GpoSessionAt at;
      gpo_picture_session_at (picture, session, n, &at);
      ck_assert_str_eq (at.state ? at.state : "none",
                        folded_state (log, session->number, n) ? folded_state (log, session->number, n) : "none");
      ck_assert_int_eq (at.open, session->opened <= n && session->closed > n);
      ck_assert_int_eq (i < gpo_picture_sessions_until (picture, n), session->opened <= n);
    }
}
END_TEST

/* What is counted as events come is what the fold finds. */
START_TEST (counts_at_n_are_those_of_the_fold)
{
  g_autoptr (GpoLog) log = recorded_log ();
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  guint64 n = place (log, _i);
  guint most = 0;
  for (guint i = 0; i < gpo_picture_n_hosts (picture); i++)
    {
      const GpoHostTrack *host = gpo_picture_host (picture, i);
      g_autoptr (GArray) queue = gpo_picture_queue_at (picture, host, n);
      ck_assert_uint_eq (gpo_picture_queue_length (host, n), queue->len);
      ck_assert_uint_eq (gpo_picture_queue_length (host, 0), 0);
    }
  for (guint i = 0; i < gpo_picture_n_mailboxes (picture); i++)
    {
      const GpoMailboxTrack *mailbox = gpo_picture_mailbox (picture, i);
      g_autoptr (GArray) messages = gpo_picture_mailbox_at (picture, mailbox, n);
      ck_assert_uint_eq (gpo_picture_mailbox_length (mailbox, n), messages->len);
      most = MAX (most, gpo_picture_mailbox_length (mailbox, G_MAXUINT64));
    }
  ck_assert_uint_eq (most, 3); /* Bob's */
}
END_TEST

/* Events of a mailbox as an IMAP server records them, and how many messages lie there after each. */
typedef struct
{
  const char *action;
  guint letter; /* of "holds": its count */
  guint uid, count;
} Change;

static const Change changes[] = {
  { "deliver", 1, 0, 1 }, { "deliver", 1, 0, 2 }, { "add", 1, 1, 2 },     { "add", 1, 2, 2 },
  { "flags", 1, 2, 2 },   { "add", 0, 3, 3 },     { "expunge", 1, 1, 2 }, { "expunge", 1, 1, 2 },
  { "deliver", 2, 0, 3 }, { "expunge", 2, 0, 2 }, { "expunge", 0, 3, 1 }, { "flags", 7, 9, 2 },
};

/* A mailbox of an earlier run: letters without a name come to light one by one. */
static const Change earlier[] = {
  { "deliver", 9, 0, 1 }, { "holds", 4, 0, 4 },    { "holds", 4, 0, 4 }, { "flags", 1, 1, 4 }, { "flags", 1, 1, 4 },
  { "expunge", 2, 2, 3 }, { "deliver", 10, 0, 4 }, { "flags", 9, 4, 4 }, { "add", 11, 6, 5 },  { "expunge", 3, 3, 4 },
  { "expunge", 3, 3, 4 }, { "expunge", 1, 1, 3 },  { "holds", 1, 0, 3 },
};

static GpoLog *
log_changes (const Change *list, guint n)
{
  GpoLog *log = gpo_log_new ();
  for (guint i = 0; i < n; i++)
    {
      GpoEventBuilder b;
      gboolean holds = strcmp (list[i].action, "holds") == 0;
      gpo_event_begin (&b, GPO_KIND_MAILBOX);
      b.event.host = gpo_symbol ("sparta");
      b.event.letter = holds ? 0 : list[i].letter;
      gpo_event_add_text (&b, GPO_FIELD_ACTION, list[i].action, -1);
      gpo_event_add_text (&b, GPO_FIELD_MAILBOX, "bob/INBOX", -1);
      if (holds)
        gpo_event_add_number (&b, GPO_FIELD_COUNT, list[i].letter);
      if (list[i].uid)
        gpo_event_add_number (&b, GPO_FIELD_UID, list[i].uid);
      gpo_log_append (log, &b);
    }
  return log;
}

START_TEST (letters_of_an_earlier_run_are_counted)
{
  g_autoptr (GpoLog) log = log_changes (earlier, G_N_ELEMENTS (earlier));
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  const GpoMailboxTrack *mailbox = gpo_picture_mailbox (picture, 0);
  for (guint i = 0; i < G_N_ELEMENTS (earlier); i++)
    ck_assert_uint_eq (gpo_picture_mailbox_length (mailbox, i), earlier[i].count);
  g_autoptr (GString) text = g_string_new (NULL);
  gpo_world_to_text (text, picture, 1, GPO_TRANSCRIPT_PLAIN);
  ck_assert_msg (strstr (text->str, "bob/INBOX  4 letters, 3 of them from before this trace"), "%s", text->str);
  g_autofree char *json = gpo_world_to_json (picture, 1);
  ck_assert_msg (strstr (json, "\"count\":4"), "%s", json);
}
END_TEST

START_TEST (mailbox_is_counted_through_uids_and_expunges)
{
  g_autoptr (GpoLog) log = log_changes (changes, G_N_ELEMENTS (changes));
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  const GpoMailboxTrack *mailbox = gpo_picture_mailbox (picture, 0);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GArray) messages = gpo_picture_mailbox_at (picture, mailbox, i);
      ck_assert_uint_eq (messages->len, changes[i].count);
      ck_assert_uint_eq (gpo_picture_mailbox_length (mailbox, i), changes[i].count);
    }
}
END_TEST

START_TEST (world_is_known_from_its_first_events)
{
  g_autoptr (GpoLog) log = recorded_log ();
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  const GpoWorldFacts *world = gpo_picture_world (picture);
  ck_assert_str_eq (world->title, "Two towns and a gateway");
  ck_assert_uint_eq (world->persons->len, 3);
  const GpoPersonFact *alice = world->persons->pdata[0];
  ck_assert_str_eq (alice->login, "alice");
  ck_assert_str_eq (alice->name, "Alice");
  ck_assert_str_eq (gpo_symbol_name (alice->host), "athens");
  ck_assert_uint_eq (world->ways->len, 4);
  const GpoWayFact *mx = world->ways->pdata[0], *route = world->ways->pdata[2];
  ck_assert_str_eq (mx->domain, "athens.example");
  ck_assert_str_eq (mx->exchange, "gateway.example");
  ck_assert (!mx->route && route->route);
  ck_assert_str_eq (route->exchange, "athens");
  for (guint i = 0; i < gpo_picture_n_hosts (picture); i++)
    ck_assert (!gpo_picture_host_is_down (picture, gpo_picture_host (picture, i), G_MAXUINT64));
  ck_assert (gpo_picture_host (picture, 1)->gateway && !gpo_picture_host (picture, 0)->gateway);
}
END_TEST

/* How many letters a fold finds in a mailbox: delivered and not expunged. */
START_TEST (mailbox_at_n_holds_what_was_delivered)
{
  g_autoptr (GpoLog) log = recorded_log ();
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  guint64 n = place (log, _i);
  for (guint i = 0; i < gpo_picture_n_mailboxes (picture); i++)
    {
      const GpoMailboxTrack *mailbox = gpo_picture_mailbox (picture, i);
      guint delivered = 0;
      for (guint64 k = 0; k <= n; k++)
        {
          const GpoEvent *event = gpo_log_get (log, k);
          delivered += event->kind == GPO_KIND_MAILBOX && event->host == mailbox->host
                       && g_strcmp0 (gpo_event_text (event, GPO_FIELD_MAILBOX, NULL), mailbox->name) == 0;
        }
      g_autoptr (GArray) messages = gpo_picture_mailbox_at (picture, mailbox, n);
      ck_assert_uint_eq (messages->len, delivered);
    }
}
END_TEST

START_TEST (piece_by_piece_is_as_all_at_once)
{
  g_autoptr (GpoLog) log = recorded_log ();
  g_autoptr (GpoPicture) whole = gpo_picture_new (log), pieces = gpo_picture_new (log);
  gpo_picture_update (whole, 0);
  while (gpo_picture_update (pieces, 7))
    ;
  ck_assert_uint_eq (gpo_picture_length (pieces), gpo_picture_length (whole));
  ck_assert_uint_eq (gpo_picture_n_letters (pieces), gpo_picture_n_letters (whole));
  ck_assert_uint_eq (gpo_picture_n_hosts (pieces), 3);
  for (guint i = 0; i < gpo_picture_n_sessions (whole); i++)
    {
      const GpoSessionTrack *a = gpo_picture_session (whole, i), *b = gpo_picture_session (pieces, i);
      ck_assert_uint_eq (a->events.n, b->events.n);
      ck_assert_uint_eq (a->edges.n, b->edges.n);
      ck_assert_uint_eq (a->lines.n, b->lines.n);
    }
}
END_TEST

START_TEST (queues_are_empty_at_the_end)
{
  g_autoptr (GpoLog) log = recorded_log ();
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  guint most = 0;
  for (guint i = 0; i < gpo_picture_n_hosts (picture); i++)
    {
      const GpoHostTrack *host = gpo_picture_host (picture, i);
      g_autoptr (GArray) queue = gpo_picture_queue_at (picture, host, gpo_log_length (log) - 1);
      ck_assert_uint_eq (queue->len, 0);
      for (guint64 n = 0; n < gpo_log_length (log); n += 3)
        {
          g_autoptr (GArray) then = gpo_picture_queue_at (picture, host, n);
          most = MAX (most, then->len);
        }
    }
  ck_assert_uint_ge (most, 1);
}
END_TEST

START_TEST (letter_lies_in_the_mailbox_although_its_queue_says_so_later)
{
  g_autoptr (GpoLog) log = recorded_log ();
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  GpoLetterAt at;
  gpo_picture_letter_at (picture, gpo_picture_letter_numbered (picture, 1), gpo_log_length (log) - 1, &at);
  ck_assert_str_eq (at.place, "mailbox");
  ck_assert_str_eq (gpo_symbol_name (at.host), "sparta");
  ck_assert_str_eq (at.sender, "alice@athens.example");
  ck_assert_uint_eq (at.recipients->len, 2);
  g_array_unref (at.recipients);
}
END_TEST

static void
say_queue (GpoLog *log, const char *host, const char *state)
{
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_QUEUE);
  b.event.host = gpo_symbol (host);
  b.event.letter = 7;
  gpo_event_add_text (&b, GPO_FIELD_STATE, state, -1);
  gpo_log_append (log, &b);
}

/* What the queues say in turn, and who answers for the letter then. */
static const struct
{
  const char *said[8][2];
  const char *host, *place;
} ways[] = {
  { { { "athens", "queued" } }, "athens", "queued" },
  { { { "athens", "queued" }, { "athens", "sending" }, { "gateway", "queued" }, { "athens", "delivered" } },
    "gateway",
    "queued" },
  /* the gateway gave it up before Athens had heard its 250 */
  { { { "athens", "sending" }, { "gateway", "queued" }, { "gateway", "bounced" }, { "athens", "delivered" } },
    "gateway",
    "bounced" },
  { { { "athens", "sending" }, { "athens", "delivered" } }, "athens", "delivered" },
  { { { "athens", "delivered" }, { "gateway", "deferred" } }, "gateway", "deferred" },
  /* in a circle, and back at Athens */
  { { { "athens", "sending" },
      { "gateway", "queued" },
      { "athens", "delivered" },
      { "gateway", "sending" },
      { "athens", "bounced" },
      { "gateway", "delivered" } },
    "athens",
    "bounced" },
};

START_TEST (letter_is_where_somebody_still_answers_for_it)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  for (guint i = 0; i < G_N_ELEMENTS (ways[_i].said) && ways[_i].said[i][0]; i++)
    say_queue (log, ways[_i].said[i][0], ways[_i].said[i][1]);
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  GpoLetterAt at;
  gpo_picture_letter_at (picture, gpo_picture_letter_numbered (picture, 7), gpo_log_length (log) - 1, &at);
  ck_assert_str_eq (at.place, ways[_i].place);
  ck_assert_str_eq (gpo_symbol_name (at.host), ways[_i].host);
  g_array_unref (at.recipients);
}
END_TEST

START_TEST (letter_bytes_have_their_dots_undone)
{
  g_autoptr (GpoLog) log = recorded_log ();
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  const GpoLetterTrack *letter = gpo_picture_letter_numbered (picture, 1);
  const GpoEvent *whole = gpo_log_get (log, letter->letters.events[0]);
  g_autoptr (GBytes) bytes = gpo_picture_letter_bytes (picture, letter, gpo_log_length (log), 0);
  ck_assert_int_eq (g_bytes_get_size (bytes), gpo_event_number (whole, GPO_FIELD_SIZE, -1));
}
END_TEST

/* Refusals are part of what was said. */
START_TEST (envelope_shows_refused_recipients_with_their_reply)
{
  g_autoptr (GpoLog) log = recorded_log ();
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  g_autoptr (GpoLetterFacts) facts
      = gpo_letter_facts_new (picture, gpo_picture_letter_numbered (picture, 2), gpo_log_length (log) - 1);
  static const struct
  {
    const char *path;
    int code;
  } said[] = { { "mallory@far.example", 250 },
               { "nobody@sparta.example", 550 },
               { "alice@elsewhere.example", 550 },
               { "bob@sparta.example", 250 } };
  ck_assert_uint_eq (facts->hops->len, 1);
  const GpoHop *hop = facts->hops->pdata[0];
  ck_assert_uint_eq (hop->said->len, G_N_ELEMENTS (said));
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    {
      const GpoSaid *one = hop->said->pdata[i];
      ck_assert_str_eq (one->path, said[i].path);
      ck_assert_int_eq (one->code, said[i].code);
    }
  ck_assert (!((GpoSaid *) hop->said->pdata[0])->in_header); /* From says the bank */
}
END_TEST

/* --- many letters, over many checkpoints --- */

#define N_STORM 20000

static guint64
storm_event (GpoLog *log, GpoKind kind, guint32 letter, const char *word, gint64 uid)
{
  GpoEventBuilder b;
  gpo_event_begin (&b, kind);
  b.event.host = gpo_symbol ("athens");
  b.event.letter = letter;
  b.event.time = 1;
  if (kind == GPO_KIND_MAILBOX)
    {
      gpo_event_add_text (&b, GPO_FIELD_MAILBOX, "bob/INBOX", -1);
      gpo_event_add_text (&b, GPO_FIELD_ACTION, word, -1);
      if (uid)
        gpo_event_add_number (&b, GPO_FIELD_UID, uid);
    }
  else
    gpo_event_add_text (&b, GPO_FIELD_STATE, word, -1);
  return gpo_log_append (log, &b);
}

/* Letters come, get UIDs in order, go by chance; queues fill and empty. What is true after each event is kept. */
static GpoLog *
storm (GArray *in_mailbox, GArray *in_queue)
{
  GpoLog *log = gpo_log_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (GHashTable) waiting = g_hash_table_new (NULL, NULL), lying = g_hash_table_new (NULL, NULL);
  guint32 letters = 0, numbered = 0;
  while (gpo_log_length (log) < N_STORM)
    {
      guint32 any = letters ? (guint32) g_rand_int_range (rand, 1, (gint32) letters + 1) : 0;
      switch (letters ? g_rand_int_range (rand, 0, 6) : 0)
        {
        case 0:
        case 1:
          storm_event (log, GPO_KIND_MAILBOX, ++letters, "deliver", 0);
          g_hash_table_add (lying, GUINT_TO_POINTER (letters));
          break;
        case 2:
          if (numbered < letters && g_hash_table_contains (lying, GUINT_TO_POINTER (numbered + 1)))
            storm_event (log, GPO_KIND_MAILBOX, numbered + 1, "add", numbered + 1);
          numbered += numbered < letters;
          break;
        case 3:
          if (any <= numbered && g_hash_table_remove (lying, GUINT_TO_POINTER (any)))
            storm_event (log, GPO_KIND_MAILBOX, 0, "expunge", any);
          break;
        case 4:
          storm_event (log, GPO_KIND_QUEUE, any, "deferred", 0);
          g_hash_table_add (waiting, GUINT_TO_POINTER (any));
          break;
        default:
          storm_event (log, GPO_KIND_QUEUE, any, "delivered", 0);
          g_hash_table_remove (waiting, GUINT_TO_POINTER (any));
        }
      guint now[] = { g_hash_table_size (lying), g_hash_table_size (waiting) };
      while (in_mailbox->len < gpo_log_length (log))
        {
          g_array_append_val (in_mailbox, now[0]);
          g_array_append_val (in_queue, now[1]);
        }
    }
  return log;
}

START_TEST (sums_are_right_at_and_between_checkpoints)
{
  g_autoptr (GArray) in_mailbox = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) in_queue = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GpoLog) log = storm (in_mailbox, in_queue);
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  ck_assert_uint_gt (g_array_index (in_mailbox, guint, N_STORM - 1), 2000);
  for (guint64 n = 0; n < N_STORM; n += 397)
    {
      g_autoptr (GArray) messages = gpo_picture_mailbox_at (picture, gpo_picture_mailbox (picture, 0), n);
      g_autoptr (GArray) queue = gpo_picture_queue_at (picture, gpo_picture_host (picture, 0), n);
      ck_assert_uint_eq (messages->len, g_array_index (in_mailbox, guint, n));
      ck_assert_uint_eq (queue->len, g_array_index (in_queue, guint, n));
      for (guint i = 1; i < messages->len; i++)
        ck_assert_uint_lt (g_array_index (messages, GpoMessageAt, i - 1).letter,
                           g_array_index (messages, GpoMessageAt, i).letter);
    }
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("picture");
  TCase *at = tcase_create ("at n"), *letters = tcase_create ("letters");
  tcase_add_loop_test (at, session_state_at_n_is_that_of_a_fold, 0, N_PLACES);
  tcase_add_loop_test (at, counts_at_n_are_those_of_the_fold, 0, N_PLACES);
  tcase_add_test (at, letters_of_an_earlier_run_are_counted);
  tcase_add_test (at, mailbox_is_counted_through_uids_and_expunges);
  tcase_add_test (at, world_is_known_from_its_first_events);
  tcase_add_loop_test (at, mailbox_at_n_holds_what_was_delivered, 0, N_PLACES);
  tcase_add_test (at, sums_are_right_at_and_between_checkpoints);
  tcase_add_test (at, piece_by_piece_is_as_all_at_once);
  tcase_add_test (at, queues_are_empty_at_the_end);
  suite_add_tcase (s, at);
  tcase_add_test (letters, letter_lies_in_the_mailbox_although_its_queue_says_so_later);
  tcase_add_test (letters, letter_bytes_have_their_dots_undone);
  tcase_add_loop_test (letters, letter_is_where_somebody_still_answers_for_it, 0, G_N_ELEMENTS (ways));
  tcase_add_test (letters, envelope_shows_refused_recipients_with_their_reply);
  suite_add_tcase (s, letters);
  return s;
}

#include "check-main.h"
