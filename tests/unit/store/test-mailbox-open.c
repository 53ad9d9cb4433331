/* SPDX-License-Identifier: MIT */
/* test-mailbox-open.c: a mailbox that is new to the office, or was changed while it was closed: which UIDs its letters get,
 * and what is asked of their files only when somebody wants to know. */
#include "mailbox-fixture.h"
#include <utime.h>

#define LETTER "Subject: one\r\n\r\ntext\r\n"
#define TOLD "1.M1.elsewhere,S=22,W=22"

/* --- the order of letters nobody has given UIDs --- */

static const struct
{
  const char *first, *second;
} orders[] = {
  { "9.a", "10.a" },
  { "1700000000.M2P1.a", "1700000000.M10P1.a" },
  { "1700000000.M999999P1.a", "1700000001.M1P1.a" },
  { "1700000000.1_1.a", "1700000000.1_2.a" },
  { "alpha", "beta" },
  { "alpha", "1.a" },
  { "1.M1048576.a", "1.M1048577.a" },
  { "1.M1048577.a", "2.M1.a" },
  { "17592186044416.a", "17592186044417.a" },
  { "1.a", "99999999999999999999999.a" },
};

START_TEST (letters_get_uids_in_the_order_of_their_delivery)
{
  g_autofree char *later = g_strdup_printf ("cur/%s:2,S", orders[_i].second);
  g_autofree char *earlier = g_strdup_printf ("cur/%s:2,F", orders[_i].first);
  put_file (later, LETTER);
  put_file (earlier, LETTER);
  box = open_box ("INBOX");
  assert_picture (box, "1F 2S");
}
END_TEST

START_TEST (many_letters_keep_their_order)
{
  enum { MANY = 3000 };
  for (guint i = 0; i < MANY; i++)
    {
      guint n = i * 1009 % MANY; /* each once, in no order */
      g_autofree char *name = g_strdup_printf ("cur/%u.M%uL%u.elsewhere,W=22:2,", 1700000000 + n / 7, n % 7, n + 1);
      put_file (name, LETTER);
    }
  box = open_box ("INBOX");
  for (guint round = 0; round < 2; round++, restart ())
    {
      ck_assert_uint_eq (box->n_messages, MANY);
      for (guint32 slot = 0; slot < MANY; slot++)
        ck_assert_uint_eq (gpo_mailbox_message (box, slot)->letter, gpo_mailbox_message (box, slot)->uid);
    }
}
END_TEST

START_TEST (a_letter_that_is_seen_twice_is_one)
{
  put_file ("new/1.M1.a", LETTER);
  put_file ("cur/1.M1.a:2,S", LETTER);
  box = open_box ("INBOX");
  assert_picture (box, "1S");
}
END_TEST

/* The list is in the order of UIDs, which need not be that of the names. */
START_TEST (a_late_letter_with_an_old_name_keeps_its_uid)
{
  put_file ("cur/5.M1.a:2,S", LETTER);
  put_file ("cur/7.M1.a:2,F", LETTER);
  box = open_box ("INBOX");
  put_file ("cur/6.M1.a:2,T", LETTER);
  ask (gpo_mailbox_rescan (box, on_done, NULL));
  assert_picture (box, "1S 2F 3T");
  close_mailboxes ();
  move_file ("cur/6.M1.a:2,T", "cur/6.M1.a:2,RT");
  put_file ("cur/1.M1.a:2,", LETTER);
  open_mailboxes ();
  box = open_box ("INBOX");
  assert_picture (box, "1S 2F 3RT 4");
}
END_TEST

/* --- dates --- */

static void
set_time (const char *name, time_t when)
{
  g_autofree char *path = g_build_filename (inbox, name, NULL);
  struct utimbuf times = { when, when };
  ck_assert_int_eq (utime (path, &times), 0);
}

static gint64
date_of (GpoMailbox *mailbox)
{
  guint32 slot = 0;
  ask (gpo_mailbox_load_dates (mailbox, &slot, 1, on_done, NULL));
  return gpo_mailbox_message (mailbox, 0)->date;
}

START_TEST (a_date_is_asked_of_the_file_and_stays)
{
  put_file ("cur/" TOLD ":2,", LETTER);
  set_time ("cur/" TOLD ":2,", 1000000000);
  box = open_box ("INBOX");
  ck_assert_uint_eq (gpo_mailbox_message (box, 0)->size, 22);
  ck_assert (gpo_mailbox_message (box, 0)->date == GPO_DATE_UNKNOWN);
  restart ();
  ck_assert (gpo_mailbox_message (box, 0)->date == GPO_DATE_UNKNOWN);
  ck_assert_int_eq (date_of (box), 1000000000);
  set_time ("cur/" TOLD ":2,", 1100000000);
  settle ();
  restart ();
  ck_assert_int_eq (gpo_mailbox_message (box, 0)->date, 1000000000);
}
END_TEST

START_TEST (a_copy_has_the_date_nobody_asked_for_yet)
{
  guint32 slot = 0;
  put_file ("cur/" TOLD ":2,", LETTER);
  set_time ("cur/" TOLD ":2,", 1000000000);
  ask (gpo_mailboxes_create (mailboxes, "Work", GPO_USE_NONE, on_done, NULL));
  box = open_box ("INBOX");
  GpoMailbox *work = open_box ("Work");
  ask (gpo_mailbox_copy (box, &slot, 1, work, _i, NULL, on_copied, NULL));
  ck_assert_int_eq (date_of (work), 1000000000);
  gpo_mailbox_unref (work);
}
END_TEST

START_TEST (a_date_is_found_under_another_name_and_not_once_it_is_gone)
{
  put_file ("cur/" TOLD ":2,", LETTER);
  set_time ("cur/" TOLD ":2,", 1000000000);
  box = open_box ("INBOX");
  move_file ("cur/" TOLD ":2,", _i ? "gone" : "cur/" TOLD ":2,S");
  guint32 slot = 0;
  answer_clear ();
  gpo_mailbox_load_dates (box, &slot, 1, on_done, NULL);
  ck_assert_ptr_null (outcome ());
  ck_assert_int_eq (gpo_mailbox_message (box, 0)->date, _i ? GPO_DATE_UNKNOWN : 1000000000);
}
END_TEST

/* --- sizes --- */

START_TEST (a_size_that_a_name_tells_wrongly_is_put_right_when_the_letter_is_read)
{
  guint32 slot = 0;
  put_file ("cur/1.M1.a,W=5:2,", LETTER);
  box = open_box ("INBOX");
  if (_i)
    ask (gpo_mailbox_load_info (box, &slot, 1, on_done, NULL));
  else
    ask (gpo_mailbox_read (box, &slot, 1, 1, on_read, NULL));
  ck_assert_uint_eq (gpo_mailbox_message (box, 0)->size, strlen (LETTER));
  ck_assert_uint_eq (box->size, strlen (LETTER));
}
END_TEST

static Suite *
suite (void)
{
  TCase *order = tcase_create ("order"), *files = tcase_create ("files");
  TCase *cases[] = { order, files };
  Suite *s = suite_create ("mailbox-open");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      tcase_add_checked_fixture (cases[i], set_up_mailboxes, tear_down_mailboxes);
      tcase_set_timeout (cases[i], 60);
      suite_add_tcase (s, cases[i]);
    }
  tcase_add_loop_test (order, letters_get_uids_in_the_order_of_their_delivery, 0, G_N_ELEMENTS (orders));
  tcase_add_test (order, many_letters_keep_their_order);
  tcase_add_test (order, a_letter_that_is_seen_twice_is_one);
  tcase_add_test (order, a_late_letter_with_an_old_name_keeps_its_uid);
  tcase_add_test (files, a_date_is_asked_of_the_file_and_stays);
  tcase_add_loop_test (files, a_copy_has_the_date_nobody_asked_for_yet, 0, 2);
  tcase_add_loop_test (files, a_date_is_found_under_another_name_and_not_once_it_is_gone, 0, 2);
  tcase_add_loop_test (files, a_size_that_a_name_tells_wrongly_is_put_right_when_the_letter_is_read, 0, 2);
  return s;
}

#include "check-main.h"
