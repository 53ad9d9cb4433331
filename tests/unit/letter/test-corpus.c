/* SPDX-License-Identifier: MIT */
/* test-corpus.c: real and broken letters of the world, read by our anatomy and by GMime.
 *
 * The folder is named by the option `corpus` or by GPO_CORPUS; without it the test is skipped. Each file
 * is a case: its spans must tile it to the byte, and its tree, types and decoded contents must be
 * those that GMime finds. Where the two differ for a reason, `explained` below names it. */
#include "letter/mime.h"
#include "letters.h"
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>

static GPtrArray *files; /* of char *, relative to `folder` */
static const char *folder;

#define NO_FIELD "a line that is no field ends the header and begins the body; GMime drops it or reads on"
#define BAD_TYPE                                                                                             \
  "a type that cannot be read is text/plain by RFC 2045 §5.2; GMime says application/octet-stream"
#define FIRST_TYPE "of two Content-Type fields the first counts; for GMime the last"
#define EMPTY_PART                                                                                           \
  "a part without a byte between two boundaries, or before the end, is a part; GMime drops it"
#define MIXED_ENDINGS                                                                                        \
  "CRLF and LF are mixed; GMime takes the boundary's line ending for the other kind, a byte off"
#define LONG_BOUNDARY "GMime does not find a boundary that is longer than its buffer"
#define CUT_HEADER "a multipart whose header a boundary cuts off has no body and is a leaf; GMime's has no parts"
#define NO_BOUNDARY                                                                                          \
  "a multipart that names no boundary is a leaf with its bytes; GMime's has no parts and no bytes"

/* Differences from GMime's reading, each with its reason. In none is a byte lost. */
static const struct
{
  const char *file, *why;
} explained[] = {
  { "enmime/dsn__testdata__multi_recipient_dsn.raw", NO_FIELD },
  { "enmime/dsn__testdata__simple_dsn_with_html.raw", NO_FIELD },
  { "enmime/testdata__low-quality__bad-header-start.raw", NO_FIELD },
  { "enmime/testdata__parts__barren-content-type.raw", BAD_TYPE },
  { "enmime/testdata__parts__empty-ctype-bad-content.raw", BAD_TYPE },
  { "flanker/enclosed-bad-encoding.eml", NO_FIELD },
  { "flanker/enclosed-broken.eml", NO_FIELD },
  { "flanker/enclosed.eml", NO_FIELD },
  { "flanker/iphone.eml", NO_FIELD },
  { "flanker/spam__broken-ctype.eml", BAD_TYPE },
  { "gmime/encodings__wikipedia.txt", NO_FIELD },
  { "gmime/mime-part__encrypted-body.txt", NO_FIELD },
  { "gmime/mime-part__signed-body.txt", NO_FIELD },
  { "mail-parser/malformed__000.eml", EMPTY_PART },
  { "mail-parser/malformed__014.eml", EMPTY_PART },
  { "mail-parser/malformed__020.eml", FIRST_TYPE },
  { "mail-parser/malformed__022.eml", NO_FIELD },
  { "mail-parser/thirdparty__001.eml", MIXED_ENDINGS },
  { "mail-parser/thirdparty__015.eml", CUT_HEADER },
  { "mailcore2/parser__input__mbox__jwz__135", BAD_TYPE },
  { "mailcore2/summary__input__989-encoding-1.eml", MIXED_ENDINGS },
  { "mime4j/core__src__test__resources__testmsgs__basic-plain-with-bad-header-separator.msg", NO_FIELD },
  { "mime4j/core__src__test__resources__testmsgs__malformedHeader-nocrlfcrlf.msg", NO_FIELD },
  { "mime4j/core__src__test__resources__testmsgs__malformedHeaderStartsBody-nocrlfcrlf.msg", NO_FIELD },
  { "mime4j/core__src__test__resources__testmsgs__very-very-long-boundary.msg", LONG_BOUNDARY },
  { "python-email/msg_14.txt", BAD_TYPE },
  { "python-email/msg_38.txt", NO_FIELD },
  { "rspamd/external_relay.eml", NO_BOUNDARY },
  { "rspamd/phish_sender2.eml", NO_FIELD },
  { "rspamd/phish_sender4.eml", NO_FIELD },
  { "ruby-mail/error_emails__multiple_content_types.eml", FIRST_TYPE },
  { "ruby-mail/multi_charset__japanese_attachment_long_name.eml", MIXED_ENDINGS },
};

static const char *
explanation (const char *file)
{
  for (guint i = 0; i < G_N_ELEMENTS (explained); i++)
    if (strcmp (explained[i].file, file) == 0)
      return explained[i].why;
  return NULL;
}

/* --- the two readings, as text --- */

static void
describe_content (GString *out, guint depth, const char *type, const char *bytes, gsize length)
{
  g_autofree char *lower = g_ascii_strdown (type, -1);
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_MD5, (const guchar *) bytes, length);
  g_string_append_printf (out, "%*s%s %zu %s\n", (int) depth * 2, "", lower, length, sum);
}

static void
describe_ours (GString *out, const GpoAnatomy *a, gint index)
{
  const GpoPart *p = &a->parts[index];
  GpoSpan word, sub;
  gpo_content_words (a->bytes, p->type, &word, &sub);
  g_autofree char *type = word.length && sub.length
                              ? g_strdup_printf ("%.*s/%.*s", (int) word.length, a->bytes + word.start,
                                                 (int) sub.length, a->bytes + sub.start)
                              : g_strdup (p->digest && !p->type.length ? "message/rfc822" : "text/plain");
  if (p->kind == GPO_PART_LEAF)
    {
      g_autoptr (GBytes) content = gpo_part_decode (a, p);
      gsize length;
      const char *bytes = g_bytes_get_data (content, &length);
      describe_content (out, p->depth, type, bytes, length);
      return;
    }
  g_autofree char *lower = g_ascii_strdown (type, -1);
  g_string_append_printf (out, "%*s%s of %u\n", (int) p->depth * 2, "", lower, p->n_children);
  for (gint c = p->first_child; c != GPO_NO_PART; c = a->parts[c].next)
    describe_ours (out, a, c);
}

static void
describe_gmime (GString *out, GMimeObject *object, guint depth)
{
  if (!object)
    return describe_content (out, depth, "text/plain", "", 0);
  GMimeContentType *content_type = g_mime_object_get_content_type (object);
  g_autofree char *type = g_mime_content_type_get_mime_type (content_type);
  if (GMIME_IS_PART (object))
    {
      GMimeDataWrapper *content = g_mime_part_get_content (GMIME_PART (object));
      GMimeStream *stream = g_mime_stream_mem_new ();
      if (content)
        g_mime_data_wrapper_write_to_stream (content, stream);
      GByteArray *array = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (stream));
      describe_content (out, depth, type, (const char *) array->data, array->len);
      g_object_unref (stream);
      return;
    }
  g_autofree char *lower = g_ascii_strdown (type, -1);
  int count = GMIME_IS_MULTIPART (object) ? g_mime_multipart_get_count (GMIME_MULTIPART (object)) : 1;
  g_string_append_printf (out, "%*s%s of %d\n", (int) depth * 2, "", lower, count);
  if (GMIME_IS_MULTIPART (object))
    for (int i = 0; i < count; i++)
      describe_gmime (out, g_mime_multipart_get_part (GMIME_MULTIPART (object), i), depth + 1);
  else
    {
      GMimeMessage *inner = g_mime_message_part_get_message (GMIME_MESSAGE_PART (object));
      describe_gmime (out, inner ? g_mime_message_get_mime_part (inner) : NULL, depth + 1);
    }
}

static char *
gmime_reading (const char *bytes, gsize length)
{
  GString *out = g_string_new (NULL);
  g_mime_init ();
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (bytes, length);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);
  describe_gmime (out, message ? g_mime_message_get_mime_part (message) : NULL, 0);
  g_clear_object (&message);
  g_object_unref (parser);
  g_object_unref (stream);
  return g_string_free (out, FALSE);
}

START_TEST (letter_reads_as_gmime_does)
{
  const char *name = files->pdata[_i];
  g_autofree char *path = g_build_filename (folder, name, NULL), *bytes = NULL;
  gsize length;
  ck_assert (g_file_get_contents (path, &bytes, &length, NULL));
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, bytes, length);
  const char *fault = anatomy_fault (&a);
  ck_assert_msg (!fault, "%s: %s", name, fault);

  g_autoptr (GString) ours = g_string_new (NULL);
  describe_ours (ours, &a, 0);
  g_autofree char *theirs = gmime_reading (bytes, length);
  gboolean same = strcmp (ours->str, theirs) == 0;
  const char *why = explanation (name);
  ck_assert_msg (same || why, "%s differs.\nOurs:\n%sGMime's:\n%s", name, ours->str, theirs);
  ck_assert_msg (!same || !why, "%s no longer differs: take it from the table", name);
}
END_TEST

/* --- the files --- */

/* Every file below the folder but those that say where the letters are from. */
static void
collect (const char *below)
{
  g_autofree char *path = g_build_filename (folder, below, NULL);
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *entry;
  if (!dir)
    return;
  while ((entry = g_dir_read_name (dir)))
    {
      char *name = *below ? g_build_filename (below, entry, NULL) : g_strdup (entry);
      g_autofree char *full = g_build_filename (folder, name, NULL);
      if (g_file_test (full, G_FILE_TEST_IS_DIR))
        collect (name);
      else if (!g_str_has_suffix (name, "SOURCES") && !g_str_has_suffix (name, "gitattributes"))
        g_ptr_array_add (files, g_steal_pointer (&name));
      g_free (name);
    }
  g_dir_close (dir);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

int
main (void)
{
  folder = g_getenv ("GPO_CORPUS");
  if (!folder || !*folder)
    {
      puts ("1..0 # SKIP the option corpus names no folder of letters");
      return EXIT_SUCCESS;
    }
  files = g_ptr_array_new_with_free_func (g_free);
  collect ("");
  g_ptr_array_sort (files, by_name);

  Suite *s = suite_create ("corpus");
  TCase *t = tcase_create ("letters");
  tcase_add_loop_test (t, letter_reads_as_gmime_does, 0, (int) files->len);
  suite_add_tcase (s, t);
  SRunner *runner = srunner_create (s);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  gboolean none = files->len == 0;
  srunner_free (runner);
  g_ptr_array_unref (files);
  return failed || none ? EXIT_FAILURE : EXIT_SUCCESS;
}
