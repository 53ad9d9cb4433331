/* SPDX-License-Identifier: MIT */
/* test-letter-bytes.c: each transfer of a letter has a wire form and a stored form, byte for byte. */
#include "../../support/recorded.h"
#include "replay/letter-transfers.h"
#include <check.h>
#include <string.h>

static GpoLog *log_;
static GpoPicture *picture;

static void
setup (void)
{
  log_ = recorded_log ();
  picture = gpo_picture_new (log_);
  gpo_picture_update (picture, 0);
}

static void
teardown (void)
{
  gpo_picture_free (picture);
  gpo_log_free (log_);
}

static GPtrArray *
transfers_of (guint32 letter, guint64 n)
{
  return gpo_letter_transfers_new (picture, gpo_picture_letter_numbered (picture, letter), n);
}

START_TEST (letter_passes_athens_the_gateway_and_sparta)
{
  static const char *const hosts[] = { "athens", "gateway", "sparta" };
  g_autoptr (GPtrArray) transfers = transfers_of (1, gpo_log_length (log_));
  ck_assert_uint_eq (transfers->len, G_N_ELEMENTS (hosts));
  for (guint i = 0; i < transfers->len; i++)
    {
      const GpoTransfer *transfer = transfers->pdata[i];
      ck_assert_str_eq (gpo_symbol_name (transfer->host), hosts[i]);
      ck_assert_int_eq (transfer->before, (int) i - 1);
      ck_assert (transfer->stuffed);
      ck_assert (transfer->recorded == (i > 0));
      ck_assert_uint_ne (transfer->whole, G_MAXUINT64);
      ck_assert_uint_lt (transfer->dot, transfer->whole);
    }
}
END_TEST

/* The size that each host counted is that of what it received. */
START_TEST (each_transfer_has_the_bytes_that_its_host_counted)
{
  for (guint32 letter = 1; letter <= 4; letter++)
    {
      g_autoptr (GPtrArray) transfers = transfers_of (letter, gpo_log_length (log_));
      for (guint i = 0; i < transfers->len; i++)
        {
          const GpoTransfer *transfer = transfers->pdata[i];
          g_autoptr (GpoLetterBytes) bytes = gpo_letter_bytes_new (picture, transfers, i, 0);
          ck_assert (!bytes->lost && !bytes->cut);
          ck_assert_uint_eq (g_bytes_get_size (bytes->wire), transfer->wire);
          if (transfer->whole == G_MAXUINT64)
            continue;
          const GpoEvent *whole = gpo_log_get (log_, transfer->whole);
          ck_assert_int_eq (g_bytes_get_size (bytes->stored) - bytes->added, gpo_event_number (whole, GPO_FIELD_SIZE, -1));
          gsize length, size;
          const char *header = gpo_event_text (whole, GPO_FIELD_HEADER, &length);
          const char *stored = g_bytes_get_data (bytes->stored, &size);
          ck_assert_uint_ge (size, bytes->added + length);
          ck_assert_int_eq (memcmp (stored + bytes->added, header, length), 0);
        }
    }
}
END_TEST

START_TEST (stuffed_dots_are_on_the_wire_and_not_in_the_store)
{
  g_autoptr (GPtrArray) transfers = transfers_of (1, gpo_log_length (log_));
  for (guint i = 0; i < transfers->len; i++)
    {
      g_autoptr (GpoLetterBytes) bytes = gpo_letter_bytes_new (picture, transfers, i, 0);
      ck_assert_uint_eq (bytes->dots->len, 1);
      gsize dot = g_array_index (bytes->dots, gsize, 0), size;
      const char *wire = g_bytes_get_data (bytes->wire, &size);
      const char *stored = g_bytes_get_data (bytes->stored, NULL);
      ck_assert_int_eq (memcmp (wire + dot - 2, "\r\n..a line", 10), 0);
      ck_assert_int_eq (memcmp (stored + gpo_letter_bytes_to_stored (bytes, dot), ".a line", 7), 0);
      ck_assert (gpo_letter_bytes_is_dot (bytes, dot));
      ck_assert (!gpo_letter_bytes_is_dot (bytes, dot + 1));
    }
}
END_TEST

/* To the wire and back is the identity, and both places hold the same byte. */
START_TEST (places_of_both_forms_answer_to_each_other)
{
  g_autoptr (GPtrArray) transfers = transfers_of (1, gpo_log_length (log_));
  for (guint i = 0; i < transfers->len; i++)
    {
      g_autoptr (GpoLetterBytes) bytes = gpo_letter_bytes_new (picture, transfers, i, 0);
      gsize size;
      const char *stored = g_bytes_get_data (bytes->stored, &size), *wire = g_bytes_get_data (bytes->wire, NULL);
      ck_assert_uint_gt (bytes->added, 0);
      for (gsize at = 0; at < size; at++)
        {
          gsize place = gpo_letter_bytes_to_wire (bytes, at);
          if (at < bytes->added)
            {
              ck_assert_uint_eq (place, G_MAXSIZE);
              continue;
            }
          ck_assert_int_eq (wire[place], stored[at]);
          ck_assert (!gpo_letter_bytes_is_dot (bytes, place));
          ck_assert_uint_eq (gpo_letter_bytes_to_stored (bytes, place), at);
        }
    }
}
END_TEST

START_TEST (a_byte_was_brought_by_its_data_event_or_added_by_the_host)
{
  g_autoptr (GPtrArray) transfers = transfers_of (1, gpo_log_length (log_));
  const GpoTransfer *first = transfers->pdata[0];
  g_autoptr (GpoLetterBytes) bytes = gpo_letter_bytes_new (picture, transfers, 0, 0);
  ck_assert_uint_eq (gpo_transfer_event (first, bytes, 0), 53);            /* Received */
  ck_assert_uint_eq (gpo_transfer_event (first, bytes, bytes->added), 51); /* From */
  ck_assert_uint_eq (gpo_transfer_event (first, bytes, g_bytes_get_size (bytes->stored) - 1), 51);
}
END_TEST

START_TEST (before_it_is_whole_only_what_has_come_is_there)
{
  g_autoptr (GPtrArray) none = transfers_of (1, 50), some = transfers_of (1, 51), dotted = transfers_of (1, 52);
  ck_assert_uint_eq (none->len, 0);
  ck_assert_uint_eq (some->len, 1);
  const GpoTransfer *transfer = some->pdata[0];
  ck_assert_uint_eq (transfer->dot, G_MAXUINT64);
  ck_assert_uint_eq (transfer->whole, G_MAXUINT64);
  ck_assert_uint_eq (((GpoTransfer *) dotted->pdata[0])->dot, 52);
  g_autoptr (GpoLetterBytes) bytes = gpo_letter_bytes_new (picture, some, 0, 0);
  ck_assert_uint_eq (bytes->added, 0);
  ck_assert_uint_eq (g_bytes_get_size (bytes->wire), 350);
}
END_TEST

START_TEST (a_limit_cuts_and_says_so)
{
  g_autoptr (GPtrArray) transfers = transfers_of (1, gpo_log_length (log_));
  for (guint i = 0; i < transfers->len; i++)
    {
      g_autoptr (GpoLetterBytes) bytes = gpo_letter_bytes_new (picture, transfers, i, 100);
      ck_assert (bytes->cut);
      ck_assert (!bytes->lost);
      ck_assert_uint_eq (g_bytes_get_size (bytes->wire), 100);
    }
}
END_TEST

/* --- a trace made for one rule --- */

static void
append (GpoLog *log, GpoKind kind, GpoProtocol protocol, const char *verb, const char *text, gint64 offset)
{
  GpoEventBuilder b;
  gpo_event_begin (&b, kind);
  b.event.session = 1;
  b.event.letter = 1;
  b.event.protocol = (guint8) protocol;
  b.event.host = gpo_symbol ("athens");
  if (kind == GPO_KIND_EDGE)
    gpo_event_add_text (&b, GPO_FIELD_MACHINE, "smtp-server", -1);
  gpo_event_add_text (&b, kind == GPO_KIND_EDGE ? GPO_FIELD_VERB : GPO_FIELD_FROM, verb, -1);
  if (kind == GPO_KIND_DATA)
    {
      gpo_event_add_number (&b, GPO_FIELD_OFFSET, offset);
      gpo_log_append_data (log, &b, text, strlen (text), FALSE);
      return;
    }
  gpo_log_append (log, &b);
}

/* BDAT counts its bytes and stuffs nothing: RFC 3030 §2. */
START_TEST (bdat_has_no_dots_to_undo)
{
  static const struct
  {
    const char *verb, *stored;
  } rows[] = { { "BDAT", "a: b\r\n\r\n..two\r\n" }, { "DATA", "a: b\r\n\r\n.two\r\n" } };
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoPicture) made = gpo_picture_new (log);
  append (log, GPO_KIND_EDGE, GPO_PROTOCOL_SMTP, rows[_i].verb, NULL, 0);
  append (log, GPO_KIND_DATA, GPO_PROTOCOL_SMTP, "client", "a: b\r\n\r\n.", 0);
  append (log, GPO_KIND_DATA, GPO_PROTOCOL_SMTP, "client", ".two\r\n", 9);
  gpo_picture_update (made, 0);
  g_autoptr (GPtrArray) transfers
      = gpo_letter_transfers_new (made, gpo_picture_letter_numbered (made, 1), gpo_log_length (log));
  ck_assert_uint_eq (transfers->len, 1);
  g_autoptr (GpoLetterBytes) bytes = gpo_letter_bytes_new (made, transfers, 0, 0);
  g_autoptr (GBytes) wanted = g_bytes_new_static (rows[_i].stored, strlen (rows[_i].stored));
  ck_assert (g_bytes_equal (bytes->stored, wanted));
  ck_assert_uint_eq (gpo_transfer_event (transfers->pdata[0], bytes, 0), 1);
  ck_assert_uint_eq (gpo_transfer_event (transfers->pdata[0], bytes, g_bytes_get_size (bytes->stored) - 2), 2);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("letter-bytes");
  TCase *recorded = tcase_create ("recorded"), *made = tcase_create ("made");
  tcase_add_checked_fixture (recorded, setup, teardown);
  tcase_add_test (recorded, letter_passes_athens_the_gateway_and_sparta);
  tcase_add_test (recorded, each_transfer_has_the_bytes_that_its_host_counted);
  tcase_add_test (recorded, stuffed_dots_are_on_the_wire_and_not_in_the_store);
  tcase_add_test (recorded, places_of_both_forms_answer_to_each_other);
  tcase_add_test (recorded, a_byte_was_brought_by_its_data_event_or_added_by_the_host);
  tcase_add_test (recorded, before_it_is_whole_only_what_has_come_is_there);
  tcase_add_test (recorded, a_limit_cuts_and_says_so);
  suite_add_tcase (s, recorded);
  tcase_add_loop_test (made, bdat_has_no_dots_to_undo, 0, 2);
  suite_add_tcase (s, made);
  return s;
}

#include "check-main.h"
