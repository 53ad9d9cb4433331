/* SPDX-License-Identifier: MIT */
/* test-event.c: what goes into an event comes out of it. */
#include <check.h>
#include <string.h>
#include "trace/event.h"

START_TEST (numbers_keep_all_64_bits)
{
  static const gint64 numbers[] = { 0, 1, -1, 255, 65536, G_MAXINT64, G_MININT64 };
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_EDGE);
  gpo_event_add_number (&b, GPO_FIELD_CODE, numbers[_i]);
  ck_assert_int_eq (gpo_event_number (gpo_event_peek (&b), GPO_FIELD_CODE, 42), numbers[_i]);
  ck_assert_int_eq (gpo_event_number (&b.event, GPO_FIELD_SIZE, 42), 42);
  gpo_event_clear (&b);
}
END_TEST

START_TEST (texts_keep_every_byte)
{
  char bytes[256];
  gsize length;
  for (guint i = 0; i < 256; i++)
    bytes[i] = (char) i;
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_LINE);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, bytes, 256);
  gpo_event_add_text (&b, GPO_FIELD_REASON, NULL, -1);
  gpo_event_add_text (&b, GPO_FIELD_SENDER, "", -1);
  const char *text = gpo_event_text (gpo_event_peek (&b), GPO_FIELD_TEXT, &length);
  ck_assert_uint_eq (length, 256);
  ck_assert_mem_eq (text, bytes, 256);
  ck_assert_int_eq (text[256], 0);
  ck_assert (!gpo_event_has (&b.event, GPO_FIELD_REASON));
  ck_assert_str_eq (gpo_event_text (&b.event, GPO_FIELD_SENDER, &length), "");
  gpo_event_clear (&b);
}
END_TEST

START_TEST (fields_come_in_the_order_they_were_added)
{
  GpoEventBuilder b, copy;
  GpoField newer = gpo_field_intern ("from-a-newer-version");
  ck_assert_uint_ge (newer, GPO_N_FIELDS);
  ck_assert_uint_eq (gpo_field_intern ("from-a-newer-version"), newer);
  gpo_event_begin (&b, GPO_KIND_EDGE);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, gpo_symbol ("ready"));
  gpo_event_add_boolean (&b, GPO_FIELD_AHEAD, TRUE);
  gpo_event_add_json (&b, newer, "[1,2]", -1);
  gpo_event_add_number (&b, GPO_FIELD_CODE, 250);
  gpo_event_add_text (&b, GPO_FIELD_REPLY, "ok", -1);
  gpo_event_begin (&copy, GPO_KIND_EDGE);
  GpoFieldIter iter;
  gpo_field_iter_init (&iter, gpo_event_peek (&b));
  static const GpoValueType types[]
      = { GPO_VALUE_SYMBOL, GPO_VALUE_BOOLEAN, GPO_VALUE_JSON, GPO_VALUE_NUMBER, GPO_VALUE_TEXT };
  guint i = 0;
  for (; gpo_field_iter_next (&iter); i++)
    {
      ck_assert_uint_eq (iter.type, types[i]);
      gpo_event_add_value (&copy, &iter);
    }
  ck_assert_uint_eq (i, G_N_ELEMENTS (types));
  gpo_event_peek (&copy);
  ck_assert_uint_eq (copy.event.n_bytes, b.event.n_bytes);
  ck_assert_mem_eq (copy.event.fields, b.event.fields, b.event.n_bytes);
  ck_assert_str_eq (gpo_event_text (&copy.event, newer, NULL), "[1,2]");
  ck_assert_str_eq (gpo_event_text (&copy.event, GPO_FIELD_FROM, NULL), "ready");
  gpo_event_clear (&b);
  gpo_event_clear (&copy);
}
END_TEST

START_TEST (a_builder_outgrows_its_stack)
{
  GpoEventBuilder b;
  g_autofree char *large = g_strnfill (100000, 'x');
  gsize length;
  gpo_event_begin (&b, GPO_KIND_NOTE);
  for (guint i = 0; i < 30; i++)
    gpo_event_add_number (&b, GPO_FIELD_COUNT, i);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, large, -1);
  gpo_event_add_number (&b, GPO_FIELD_STEP, 7);
  ck_assert_str_eq (gpo_event_text (gpo_event_peek (&b), GPO_FIELD_TEXT, &length), large);
  ck_assert_int_eq (gpo_event_number (&b.event, GPO_FIELD_STEP, 0), 7);
  gpo_event_clear (&b);
}
END_TEST

START_TEST (names_go_there_and_back)
{
  for (guint i = 0; i < GPO_N_KINDS; i++)
    ck_assert_int_eq (gpo_kind_from_name (gpo_kind_name ((GpoKind) i)), (int) i);
  for (guint i = 0; i < GPO_N_PROTOCOLS; i++)
    ck_assert_int_eq (gpo_protocol_from_name (gpo_protocol_name ((GpoProtocol) i)), (int) i);
  for (guint i = 0; i < GPO_N_FIELDS; i++)
    ck_assert_int_eq (gpo_field_from_name (gpo_field_name ((GpoField) i)), (int) i);
  ck_assert_int_eq (gpo_kind_from_name ("parcel"), -1);
  ck_assert_int_eq (gpo_field_from_name ("never-seen"), -1);
  ck_assert_uint_eq (gpo_symbol ("ready"), gpo_symbol_try ("ready?", 5));
  ck_assert_str_eq (gpo_symbol_name (gpo_symbol ("sparta")), "sparta");
  ck_assert_uint_eq (gpo_symbol_try ("a\0b", 3), 0);
}
END_TEST

/* Eight threads make the same words at once: each word has one number, and it is readable at once. */
static gpointer
make_words (gpointer data)
{
  GpoSymbol *numbers = data;
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *word = g_strdup_printf ("word-%u", i);
      numbers[i] = gpo_symbol (word);
      ck_assert_str_eq (gpo_symbol_name (numbers[i]), word);
    }
  return NULL;
}

START_TEST (threads_agree_on_symbols)
{
  static GpoSymbol numbers[8][2000];
  GThread *threads[8];
  for (guint i = 0; i < 8; i++)
    threads[i] = g_thread_new ("words", make_words, numbers[i]);
  for (guint i = 0; i < 8; i++)
    g_thread_join (threads[i]);
  for (guint i = 1; i < 8; i++)
    ck_assert_mem_eq (numbers[i], numbers[0], sizeof numbers[0]);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("event");
  TCase *c = tcase_create ("event");
  tcase_add_loop_test (c, numbers_keep_all_64_bits, 0, 7);
  tcase_add_test (c, texts_keep_every_byte);
  tcase_add_test (c, fields_come_in_the_order_they_were_added);
  tcase_add_test (c, a_builder_outgrows_its_stack);
  tcase_add_test (c, names_go_there_and_back);
  tcase_add_test (c, threads_agree_on_symbols);
  suite_add_tcase (s, c);
  return s;
}
#include "check-main.h"
