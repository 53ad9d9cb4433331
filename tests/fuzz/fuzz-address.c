/* SPDX-License-Identifier: MIT */
/* fuzz-address.c: the address grammar: any bytes are a path or are refused at one of their bytes; what
 * was taken has spans in order, is taken again by itself, and equals itself. */
#include "fuzz-target.h"
#include "letter/address.h"
#include <string.h>

static void
check_path (const char *text, gsize length, gboolean utf8, GpoPathKind kind)
{
  GpoPath path, again;
  gsize consumed = 0, where = 0;
  const char *expected = NULL;
  if (!gpo_path_parse (text, length, utf8, kind, &path, &consumed, &expected, &where))
    {
      g_assert_nonnull (expected);
      g_assert_cmpuint (where, <=, length);
      return;
    }
  g_assert_cmpuint (consumed, <=, MIN (length, GPO_PATH_MAX));
  g_assert_cmpuint (GPO_SPAN_END (path.path), ==, consumed - 1);
  g_assert_cmpuint (GPO_SPAN_END (path.local), <=, consumed - 1);
  g_assert_cmpuint (path.local.length, <=, GPO_LOCAL_PART_MAX);
  g_assert_cmpuint (path.domain.length, <=, GPO_DOMAIN_MAX);
  g_assert_true (utf8 || !path.utf8);

  g_autofree char *copy = g_strndup (text + path.path.start, path.path.length);
  const char *domain = gpo_path_domain (copy);
  g_autofree char *local = gpo_path_local (copy);
  g_assert_true (gpo_path_equal (copy, copy));
  g_assert_cmpuint (strlen (copy), ==, path.path.length);
  g_assert_cmpuint (domain ? strlen (domain) : 0, ==, path.domain.length);
  g_assert_cmpuint (strlen (local), <=, path.local.length);
  if (path.domain.length)
    g_assert_true (gpo_mailbox_parse (copy, strlen (copy), utf8, &again, NULL, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  for (int i = 0; i < 4; i++)
    check_path (text, size, i & 1, i & 2 ? GPO_PATH_FORWARD : GPO_PATH_REVERSE);
  gpo_domain_valid (text, size, TRUE);
  g_autofree char *any = g_strndup (text, size);
  g_autofree char *local = gpo_path_local (any);
  g_assert_cmpuint (strlen (local), <=, strlen (any));
  g_assert_true (gpo_path_equal (any, any));
  return 0;
}
