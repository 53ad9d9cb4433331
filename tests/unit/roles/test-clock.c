/* SPDX-License-Identifier: MIT */
/* test-clock.c: the office's clock, tested without waiting: it stands still and jumps. */
#include "roles/clock.h"
#include <check.h>

#define MINUTE (G_GINT64_CONSTANT (60000000))
#define DAY (24 * 60 * MINUTE)

static GpoClock *clock_;
static GString *story; /* what ran, and when in minutes: "a5 b10 " */

static void
setup (void)
{
  clock_ = gpo_clock_new (NULL);
  gpo_clock_set_speed (clock_, 0);
  gpo_clock_jump (clock_, MINUTE); /* whatever had passed before it stood */
  story = g_string_new (NULL);
}

static void
teardown (void)
{
  gpo_clock_free (clock_);
  g_string_free (story, TRUE);
}

static void
tell (gpointer name)
{
  g_string_append_printf (story, "%s%" G_GINT64_FORMAT " ", (char *) name, gpo_clock_now (clock_) / MINUTE);
}

static void
run_loop (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

START_TEST (a_standing_clock_stands)
{
  ck_assert_int_eq (gpo_clock_now (clock_), MINUTE);
  g_usleep (2);
  ck_assert_int_eq (gpo_clock_now (clock_), MINUTE);
}
END_TEST

START_TEST (a_running_clock_never_goes_back)
{
  gint64 last = gpo_clock_now (clock_);
  for (int i = 0; i < 2000; i++)
    {
      gpo_clock_set_speed (clock_, i % 5 * 1000.5);
      gint64 now = gpo_clock_now (clock_);
      ck_assert_int_ge (now, last);
      last = now;
    }
}
END_TEST

START_TEST (a_jump_runs_timers_in_order_each_at_its_own_time)
{
  gpo_clock_at (clock_, 30 * MINUTE, tell, "c");
  gpo_clock_at (clock_, 5 * MINUTE, tell, "a");
  gpo_clock_at (clock_, 10 * MINUTE, tell, "b");
  gpo_clock_at (clock_, 10 * MINUTE, tell, "B");
  ck_assert_int_eq (gpo_clock_next (clock_), 5 * MINUTE);
  gpo_clock_jump (clock_, 10 * MINUTE);
  ck_assert_str_eq (story->str, "a5 b10 B10 ");
  gpo_clock_jump (clock_, 4 * DAY);
  ck_assert_str_eq (story->str, "a5 b10 B10 c30 ");
  ck_assert_int_eq (gpo_clock_now (clock_), 4 * DAY);
  ck_assert_int_eq (gpo_clock_next (clock_), -1);
}
END_TEST

static void
retry (gpointer name)
{
  tell (name);
  if (gpo_clock_now (clock_) < 40 * MINUTE)
    gpo_clock_at (clock_, gpo_clock_now (clock_) + 15 * MINUTE, retry, name);
}

START_TEST (a_jump_runs_timers_that_timers_make)
{
  gpo_clock_at (clock_, 15 * MINUTE, retry, "r");
  gpo_clock_jump (clock_, 60 * MINUTE);
  ck_assert_str_eq (story->str, "r15 r30 r45 ");
}
END_TEST

static void
again_at_once (gpointer times)
{
  int *left = times;
  tell ("x");
  if (--*left)
    gpo_clock_at (clock_, 0, again_at_once, times);
}

START_TEST (a_timer_that_makes_its_own_successor_waits_for_the_loop)
{
  int left = 3;
  gpo_clock_at (clock_, 2 * MINUTE, again_at_once, &left);
  gpo_clock_jump (clock_, 3 * MINUTE);
  ck_assert_str_eq (story->str, "x2 ");
  g_main_context_iteration (NULL, FALSE);
  ck_assert_str_eq (story->str, "x2 x3 ");
  run_loop ();
  ck_assert_str_eq (story->str, "x2 x3 x3 ");
}
END_TEST

START_TEST (the_past_is_run_by_the_loop_though_the_clock_stands)
{
  gpo_clock_at (clock_, 0, tell, "p");
  gpo_clock_at (clock_, 2 * MINUTE, tell, "f");
  ck_assert_str_eq (story->str, "");
  run_loop ();
  ck_assert_str_eq (story->str, "p1 ");
  gpo_clock_jump (clock_, 2 * MINUTE);
  ck_assert_str_eq (story->str, "p1 f2 ");
}
END_TEST

START_TEST (a_cancelled_timer_never_runs)
{
  GpoTimer *a = gpo_clock_at (clock_, 5 * MINUTE, tell, "a");
  gpo_clock_at (clock_, 6 * MINUTE, tell, "b");
  gpo_timer_cancel (a);
  ck_assert_int_eq (gpo_clock_next (clock_), 6 * MINUTE);
  gpo_clock_jump (clock_, DAY);
  ck_assert_str_eq (story->str, "b6 ");
}
END_TEST

static void
cancel_other (gpointer other)
{
  gpo_timer_cancel (*(GpoTimer **) other);
  tell ("killer");
}

START_TEST (a_timer_may_cancel_the_next)
{
  GpoTimer *victim;
  gpo_clock_at (clock_, 2 * MINUTE, cancel_other, &victim);
  victim = gpo_clock_at (clock_, 2 * MINUTE, tell, "victim");
  gpo_clock_jump (clock_, DAY);
  ck_assert_str_eq (story->str, "killer2 ");
}
END_TEST

static void
jump_further (gpointer unused)
{
  tell ("j");
  gpo_clock_jump (clock_, 90 * MINUTE);
}

START_TEST (a_jump_within_a_jump_never_leads_back)
{
  gpo_clock_at (clock_, 10 * MINUTE, jump_further, NULL);
  gpo_clock_at (clock_, 20 * MINUTE, tell, "a");
  gpo_clock_jump (clock_, 30 * MINUTE);
  ck_assert_str_eq (story->str, "j10 a20 ");
  ck_assert_int_eq (gpo_clock_now (clock_), 90 * MINUTE);
}
END_TEST

START_TEST (a_held_clock_stands_and_remembers_its_speed)
{
  gpo_clock_hold (clock_, TRUE);
  gpo_clock_set_speed (clock_, 1e6);
  gint64 held = gpo_clock_now (clock_);
  g_usleep (10);
  ck_assert_int_eq (gpo_clock_now (clock_), held);
  ck_assert (gpo_clock_is_held (clock_));
  gpo_clock_hold (clock_, FALSE);
  g_usleep (10);
  ck_assert_int_gt (gpo_clock_now (clock_), held);
  ck_assert_double_eq (gpo_clock_speed (clock_), 1e6);
}
END_TEST

START_TEST (a_fast_clock_wakes_the_loop)
{
  gpo_clock_set_speed (clock_, 1e9);
  gpo_clock_at (clock_, gpo_clock_now (clock_) + 4 * DAY, tell, "a");
  while (story->len == 0)
    g_main_context_iteration (NULL, TRUE);
  ck_assert_int_ge (gpo_clock_now (clock_), 4 * DAY);
}
END_TEST

START_TEST (the_wall_runs_ahead_with_the_clock)
{
  gint64 before = gpo_clock_wall (clock_);
  gpo_clock_jump (clock_, gpo_clock_now (clock_) + DAY);
  ck_assert_int_eq (gpo_clock_wall (clock_) - before, DAY);
  ck_assert_int_ge (before, g_get_real_time ());
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("clock");
  TCase *c = tcase_create ("clock");
  tcase_add_checked_fixture (c, setup, teardown);
  tcase_add_test (c, a_standing_clock_stands);
  tcase_add_test (c, a_running_clock_never_goes_back);
  tcase_add_test (c, a_jump_runs_timers_in_order_each_at_its_own_time);
  tcase_add_test (c, a_jump_runs_timers_that_timers_make);
  tcase_add_test (c, a_timer_that_makes_its_own_successor_waits_for_the_loop);
  tcase_add_test (c, the_past_is_run_by_the_loop_though_the_clock_stands);
  tcase_add_test (c, a_cancelled_timer_never_runs);
  tcase_add_test (c, a_timer_may_cancel_the_next);
  tcase_add_test (c, a_jump_within_a_jump_never_leads_back);
  tcase_add_test (c, a_held_clock_stands_and_remembers_its_speed);
  tcase_add_test (c, a_fast_clock_wakes_the_loop);
  tcase_add_test (c, the_wall_runs_ahead_with_the_clock);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
