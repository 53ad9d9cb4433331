/* SPDX-License-Identifier: MIT */
/* test-log.c: the log keeps its promises: order, bounds, pins, spilled letters, readers on threads. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "trace/log.h"

static guint64
append (GpoLog *log, gint64 number)
{
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_LINE);
  b.event.session = (guint32) (number % 1000);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, gpo_symbol (number % 2 ? "client" : "server"));
  gpo_event_add_text (&b, GPO_FIELD_TEXT, "250 2.1.5 <carol@sparta.example> recipient ok\r\n", -1);
  gpo_event_add_number (&b, GPO_FIELD_COUNT, number);
  return gpo_log_append (log, &b);
}

/* A letter's bytes at some place: no two pieces are alike. */
static void
fill (char *bytes, gsize n, guint seed)
{
  for (gsize i = 0; i < n; i++)
    bytes[i] = (char) ((i * 31 + seed * 7 + (i >> 8)) & 0xff);
}

START_TEST (numbers_count_from_zero)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  ck_assert_ptr_null (gpo_log_get (log, 0));
  for (guint i = 0; i < 5000; i++)
    ck_assert_uint_eq (append (log, i), i);
  ck_assert_uint_eq (gpo_log_length (log), 5000);
  gint64 before = 0;
  for (guint i = 0; i < 5000; i++)
    {
      const GpoEvent *event = gpo_log_get (log, i);
      ck_assert_int_eq (gpo_event_number (event, GPO_FIELD_COUNT, -1), i);
      ck_assert_int_ge (event->time, before);
      before = event->time;
    }
  ck_assert_ptr_null (gpo_log_get (log, 5000));
}
END_TEST

START_TEST (a_log_can_begin_later)
{
  static const guint64 firsts[] = { 0, 1, 1023, 1024, 1025, 5000000, G_GUINT64_CONSTANT (1) << 35 };
  g_autoptr (GpoLog) log = gpo_log_new ();
  gpo_log_set_first (log, firsts[_i]);
  for (guint i = 0; i < 3000; i++)
    ck_assert_uint_eq (append (log, i), firsts[_i] + i);
  ck_assert_uint_eq (gpo_log_first (log), firsts[_i]);
  ck_assert_int_eq (gpo_event_number (gpo_log_get (log, firsts[_i] + 2999), GPO_FIELD_COUNT, -1), 2999);
}
END_TEST

static gint64
stopped_clock (gpointer data)
{
  return *(gint64 *) data;
}

START_TEST (time_is_the_offices)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  gint64 now = 12345;
  gpo_log_set_clock (log, stopped_clock, &now);
  append (log, 0);
  now = 99999;
  append (log, 1);
  ck_assert_int_eq (gpo_log_get (log, 0)->time, 12345);
  ck_assert_int_eq (gpo_log_get (log, 1)->time, 99999);
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_NOTE);
  gpo_log_append_read (log, &b);
  ck_assert_int_eq (gpo_log_get (log, 2)->time, 0);
}
END_TEST

START_TEST (a_million_events_stay_under_150_mb)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  for (guint i = 0; i < 1200000; i++)
    append (log, i);
  ck_assert_uint_ge (gpo_log_length (log) - gpo_log_first (log), 1000000);
  ck_assert_uint_le (gpo_log_length (log) - gpo_log_first (log), 1000000 + 2048);
  ck_assert_uint_le (gpo_log_memory (log), 150 * 1000 * 1000);
}
END_TEST

START_TEST (bytes_bound_it_too)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  gpo_log_set_limits (log, 0, 4 * 1024 * 1024);
  for (guint i = 0; i < 200000; i++)
    append (log, i);
  ck_assert_uint_le (gpo_log_memory (log), 5 * 1024 * 1024);
  ck_assert_uint_gt (gpo_log_first (log), 0);
  ck_assert_ptr_null (gpo_log_get (log, gpo_log_first (log) - 1));
  ck_assert_ptr_nonnull (gpo_log_get (log, gpo_log_first (log)));
}
END_TEST

START_TEST (what_a_reader_pins_stays)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  gpo_log_set_limits (log, 2048, 0);
  append (log, 0);
  GpoLogReader *reader = gpo_log_reader_new (log, 0, NULL, NULL);
  const GpoEvent *oldest = gpo_log_get (log, 0);
  for (guint i = 1; i < 20000; i++)
    append (log, i);
  ck_assert_uint_eq (gpo_log_first (log), 0);
  ck_assert_ptr_eq (gpo_log_get (log, 0), oldest);
  ck_assert_uint_eq (gpo_log_wanted_first (log), 20000 - 2048);
  gpo_log_reader_release (reader, 10000);
  gpo_log_reader_release (reader, 5000); /* never backwards */
  append (log, 20000);
  ck_assert_uint_le (gpo_log_first (log), 10000);
  ck_assert_uint_gt (gpo_log_first (log), 10000 - 1024);
  gpo_log_reader_free (reader);
  append (log, 20001);
  ck_assert_uint_ge (gpo_log_first (log), 20002 - 2048 - 1024);
  reader = gpo_log_reader_new (log, 0, NULL, NULL);
  ck_assert_ptr_null (gpo_log_get (log, 0));
  gpo_log_reader_free (reader);
}
END_TEST

START_TEST (content_comes_back_from_wherever_it_lies)
{
  static const gsize sizes[] = { 0, 1, 8192, 8193, 100000 };
  g_autoptr (GpoLog) log = gpo_log_new ();
  gsize n = sizes[_i];
  g_autofree char *bytes = g_malloc (n + 1);
  for (guint k = 0; k < 3; k++)
    {
      GpoEventBuilder b;
      gpo_event_begin (&b, GPO_KIND_DATA);
      gpo_event_add_number (&b, GPO_FIELD_OFFSET, (gint64) (k * n));
      fill (bytes, n, k);
      gpo_log_append_data (log, &b, bytes, n, FALSE);
    }
  for (guint k = 0; k < 3; k++)
    {
      const GpoEvent *event = gpo_log_get (log, k);
      g_autoptr (GBytes) content = gpo_log_content (log, event);
      fill (bytes, n, k);
      ck_assert_ptr_nonnull (content);
      ck_assert_uint_eq (g_bytes_get_size (content), n);
      ck_assert (n == 0 || memcmp (g_bytes_get_data (content, NULL), bytes, n) == 0);
      ck_assert_int_eq (gpo_event_number (event, GPO_FIELD_LENGTH, -1), (gint64) n);
    }
}
END_TEST

START_TEST (bytes_recorded_before_are_only_referred_to)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_DATA);
  gpo_event_add_number (&b, GPO_FIELD_OFFSET, 0);
  gpo_log_append_data (log, &b, "a letter", 8, TRUE);
  ck_assert_ptr_null (gpo_log_content (log, gpo_log_get (log, 0)));
  ck_assert_int_eq (gpo_event_number (gpo_log_get (log, 0), GPO_FIELD_LENGTH, 0), 8);
}
END_TEST

static glong
resident_kb (void)
{
  g_autofree char *text = NULL;
  ck_assert (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  return strtol (strchr (text, ' '), NULL, 10) * sysconf (_SC_PAGESIZE) / 1024;
}

START_TEST (a_letter_of_50_mb_costs_no_memory)
{
  enum
  {
    PIECE = 64 * 1024,
    PIECES = 800
  };
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autofree char *piece = g_malloc (PIECE);
  fill (piece, PIECE, 0);
  glong before = resident_kb ();
  for (guint i = 0; i < PIECES; i++)
    {
      GpoEventBuilder b;
      gpo_event_begin (&b, GPO_KIND_DATA);
      gpo_event_add_number (&b, GPO_FIELD_OFFSET, (gint64) i * PIECE);
      piece[0] = (char) i;
      gpo_log_append_data (log, &b, piece, PIECE, FALSE);
    }
  ck_assert_uint_lt (gpo_log_memory (log), 1024 * 1024);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  ck_assert_int_lt (resident_kb () - before, 4096);
#endif
  g_autoptr (GBytes) last = gpo_log_content (log, gpo_log_get (log, PIECES - 1));
  piece[0] = (char) (PIECES - 1);
  ck_assert_mem_eq (g_bytes_get_data (last, NULL), piece, PIECE);
}
END_TEST

START_TEST (dropping_leaves_the_letters_that_stay)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  gpo_log_set_limits (log, 1024, 0);
  char bytes[9001];
  for (guint i = 0; i < 6000; i++)
    {
      GpoEventBuilder b;
      gpo_event_begin (&b, GPO_KIND_DATA);
      fill (bytes, sizeof bytes, i);
      gpo_log_append_data (log, &b, bytes, sizeof bytes, FALSE);
    }
  ck_assert_uint_gt (gpo_log_first (log), 3000);
  for (guint64 i = gpo_log_first (log); i < gpo_log_length (log); i++)
    {
      g_autoptr (GBytes) content = gpo_log_content (log, gpo_log_get (log, i));
      fill (bytes, sizeof bytes, (guint) i);
      ck_assert_mem_eq (g_bytes_get_data (content, NULL), bytes, sizeof bytes);
    }
}
END_TEST

START_TEST (disabled_it_keeps_nothing)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  gpo_log_set_enabled (log, FALSE);
  append (log, 1);
  ck_assert_uint_eq (gpo_log_length (log), 0);
}
END_TEST

/* --- threads --- */

typedef struct
{
  GpoLog *log;
  GpoLogReader *reader;
  GMutex lock;
  GCond cond;
  gboolean woken;
  guint64 until, seen;
  guint delay; /* µs a batch, to be slow */
} Reading;

static void
wake (gpointer data)
{
  Reading *r = data;
  g_mutex_lock (&r->lock);
  r->woken = TRUE;
  g_cond_signal (&r->cond);
  g_mutex_unlock (&r->lock);
}

static gpointer
read_all (gpointer data)
{
  Reading *r = data;
  for (guint64 n = 0; n < r->until;)
    {
      for (guint64 length = gpo_log_length (r->log); n < length; n++)
        {
          const GpoEvent *event = gpo_log_get (r->log, n);
          ck_assert_ptr_nonnull (event);
          ck_assert_int_eq (gpo_event_number (event, GPO_FIELD_COUNT, -1), (gint64) n);
          r->seen++;
        }
      gpo_log_reader_release (r->reader, n);
      if (r->delay)
        g_usleep (r->delay);
      if (n >= r->until || !gpo_log_reader_sleep (r->reader, n))
        continue;
      g_mutex_lock (&r->lock);
      while (!r->woken)
        g_cond_wait (&r->cond, &r->lock);
      r->woken = FALSE;
      g_mutex_unlock (&r->lock);
    }
  return NULL;
}

/* Appends while the readers read. Returns the most memory the log ever took. */
static gsize
read_with (Reading *r, guint n_readers, GpoLog *log, guint n_events)
{
  GThread *threads[8];
  for (guint i = 0; i < n_readers; i++)
    {
      r[i].log = log;
      r[i].until = n_events;
      r[i].reader = gpo_log_reader_new (log, 0, wake, &r[i]);
      gpo_log_reader_set_paced (r[i].reader, r[i].delay != 0);
      threads[i] = g_thread_new ("reader", read_all, &r[i]);
    }
  gsize most = 0;
  for (guint i = 0; i < n_events; i++)
    {
      append (log, i);
      most = MAX (most, gpo_log_memory (log));
    }
  for (guint i = 0; i < n_readers; i++)
    {
      g_thread_join (threads[i]);
      ck_assert_uint_eq (r[i].seen, n_events);
      gpo_log_reader_free (r[i].reader);
    }
  return most;
}

START_TEST (readers_see_every_event_once_while_chunks_go)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  Reading r[3] = { 0 };
  gpo_log_set_limits (log, 4096, 0);
  read_with (r, 3, log, 200000);
  append (log, 200000);
  ck_assert_uint_gt (gpo_log_first (log), 190000);
}
END_TEST

/* The writer waits for the slow reader, so the log never holds much more than the backlog. */
START_TEST (a_slow_paced_reader_bounds_the_log)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  Reading r[1] = { { .delay = 500 } };
  gpo_log_set_limits (log, 1024, 0);
  gpo_log_set_backlog (log, 1024 * 1024);
  ck_assert_uint_lt (read_with (r, 1, log, 100000), 3 * 1024 * 1024);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("log");
  TCase *c = tcase_create ("log");
  tcase_set_timeout (c, 60);
  tcase_add_test (c, numbers_count_from_zero);
  tcase_add_loop_test (c, a_log_can_begin_later, 0, 7);
  tcase_add_test (c, time_is_the_offices);
  tcase_add_test (c, a_million_events_stay_under_150_mb);
  tcase_add_test (c, bytes_bound_it_too);
  tcase_add_test (c, what_a_reader_pins_stays);
  tcase_add_loop_test (c, content_comes_back_from_wherever_it_lies, 0, 5);
  tcase_add_test (c, bytes_recorded_before_are_only_referred_to);
  tcase_add_test (c, a_letter_of_50_mb_costs_no_memory);
  tcase_add_test (c, dropping_leaves_the_letters_that_stay);
  tcase_add_test (c, disabled_it_keeps_nothing);
  tcase_add_test (c, readers_see_every_event_once_while_chunks_go);
  tcase_add_test (c, a_slow_paced_reader_bounds_the_log);
  suite_add_tcase (s, c);
  return s;
}
#include "check-main.h"
