/* SPDX-License-Identifier: MIT */
/* maildir.c: making mailboxes, and the names of the files in them.
 *
 *   name    = unique [ ":2," *flag ]
 *   unique  = seconds ".M" usec "P" pid "Q" count [ "L" letter ] "." host [ ",S=" size ]
 *
 * All that matters to other programs is that a unique name is never used twice, has no "/" and no ":",
 * and does not begin with "."; the rest is for us. */
#include "store/maildir.h"
#include "store/disk.h"

#include <string.h>
#include <unistd.h>

gboolean
gpo_maildir_create (const char *path, gboolean subfolder, GError **error)
{
  static const char *const parts[] = { "tmp", "new", "cur" };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *part = g_build_filename (path, parts[i], NULL);
      if (!gpo_disk_make_folder (part, error))
        return FALSE;
    }
  g_autofree char *mark = g_build_filename (path, "maildirfolder", NULL);
  if (subfolder && !g_file_test (mark, G_FILE_TEST_EXISTS))
    return gpo_disk_replace (mark, "", error);
  return TRUE;
}

gboolean
gpo_maildir_exists (const char *path)
{
  g_autofree char *part = g_build_filename (path, "cur", NULL);
  return g_file_test (part, G_FILE_TEST_IS_DIR);
}

/* "/", ":", "," and what is not a printable ASCII character become \ooo, as Maildir asks. */
static void
append_host (GString *name, const char *host)
{
  for (const guchar *p = (const guchar *) host; *p && name->len < 200; p++)
    if (*p <= ' ' || *p >= 127 || strchr ("/:,\\", *p))
      g_string_append_printf (name, "\\%03o", *p);
    else
      g_string_append_c (name, (char) *p);
}

char *
gpo_maildir_unique (guint32 letter, guint64 size, const char *host)
{
  static gint counter;
  gint64 now = g_get_real_time ();
  GString *name = g_string_sized_new (96);
  g_string_printf (name, "%" G_GINT64_FORMAT ".M%06dP%dQ%d", now / G_USEC_PER_SEC,
                   (int) (now % G_USEC_PER_SEC), (int) getpid (), g_atomic_int_add (&counter, 1) + 1);
  if (letter)
    g_string_append_printf (name, "L%u", letter);
  g_string_append_c (name, '.');
  append_host (name, host && *host ? host : "localhost");
  g_string_append_printf (name, ",S=%" G_GUINT64_FORMAT, size);
  return g_string_free (name, FALSE);
}

/* Digits at *p, and *p moves behind them; -1 without any. This is asked of each letter of a folder. */
static gint64
take_number (const char **p)
{
  gint64 n = 0;
  const char *at = *p;
  if (!g_ascii_isdigit (*at))
    return -1;
  for (; g_ascii_isdigit (*at); at++)
    n = n > (G_MAXINT64 - 9) / 10 ? G_MAXINT64 : n * 10 + (*at - '0');
  *p = at;
  return n;
}

/* "M…P…Q…L17" between the first two dots: tags in any order, each a capital and a number. */
guint32
gpo_maildir_letter (const char *name)
{
  const char *p = name, *end;
  if (take_number (&p) < 0 || *p++ != '.' || !(end = strchr (p, '.')))
    return 0;
  while (p < end && g_ascii_isupper (*p))
    {
      char tag = *p++;
      gint64 n = take_number (&p);
      if (tag == 'L' && n > 0 && n <= G_MAXUINT32)
        return (guint32) n;
    }
  return 0;
}

gboolean
gpo_maildir_parse (const char *name, GpoMaildirName *out)
{
  *out = (GpoMaildirName){ .size = -1, .seconds = -1 };
  if (name[0] == '.' || name[0] == '\0')
    return FALSE;
  const char *info = strstr (name, ":2,");
  out->base = info ? (gsize) (info - name) : strlen (name);
  const char *p = name;
  if (info)
    g_strlcpy (out->flags, info + 3, sizeof out->flags);
  out->seconds = take_number (&p);
  out->letter = gpo_maildir_letter (name);
  const char *size = g_strstr_len (name, (gssize) out->base, ",S=");
  if (size)
    {
      size += 3;
      out->size = take_number (&size);
    }
  return TRUE;
}
