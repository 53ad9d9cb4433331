/* SPDX-License-Identifier: MIT */
/* html-text.c: dropping tags, keeping words and the ends of lines.
 *
 * Who calls it: the window's letter view. */
#include "letter/html-text.h"
#include <string.h>

static gboolean
begins (const char *p, const char *end, const char *word)
{
  gsize n = strlen (word);
  return (gsize) (end - p) >= n && g_ascii_strncasecmp (p, word, n) == 0;
}

/* Behind `word`, or the end. */
static const char *
behind (const char *p, const char *end, const char *word)
{
  for (; p < end; p++)
    if (begins (p, end, word))
      return p + strlen (word);
  return end;
}

static gboolean
is_block (const char *name, gsize length)
{
  static const char *const blocks[] = { "br", "p",  "div", "tr",    "li",         "ul", "ol",  "h1",
                                        "h2", "h3", "h4",  "table", "blockquote", "hr", "pre", "title" };
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    if (strlen (blocks[i]) == length && g_ascii_strncasecmp (name, blocks[i], length) == 0)
      return TRUE;
  return FALSE;
}

static void
end_line (GString *out)
{
  while (out->len && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  if (out->len && !(out->len >= 2 && out->str[out->len - 1] == '\n' && out->str[out->len - 2] == '\n'))
    g_string_append_c (out, '\n');
}

/* The tag, comment or hidden element at `p`; returns what is behind it. */
static const char *
pass_tag (GString *out, const char *p, const char *end)
{
  if (begins (p, end, "<!--"))
    return behind (p + 4, end, "-->");
  const char *name = p + 1 + (p + 1 < end && p[1] == '/'), *name_end = name;
  while (name_end < end && g_ascii_isalnum (*name_end))
    name_end++;
  const char *next = memchr (p, '>', (gsize) (end - p));
  next = next ? next + 1 : end;
  if (begins (p, end, "<script"))
    return behind (behind (next, end, "</script"), end, ">");
  if (begins (p, end, "<style"))
    return behind (behind (next, end, "</style"), end, ">");
  if (is_block (name, (gsize) (name_end - name)))
    end_line (out);
  return next;
}

/* The character reference at `p`; one that is none is text. */
static const char *
pass_reference (GString *out, const char *p, const char *end)
{
  static const struct
  {
    const char *name;
    gunichar c;
  } names[] = { { "&amp;", '&' },      { "&lt;", '<' },       { "&gt;", '>' },      { "&quot;", '"' },
                { "&apos;", '\'' },    { "&nbsp;", ' ' },     { "&euro;", 0x20ac }, { "&uuml;", 0xfc },
                { "&ouml;", 0xf6 },    { "&auml;", 0xe4 },    { "&szlig;", 0xdf },  { "&ndash;", 0x2013 },
                { "&mdash;", 0x2014 }, { "&hellip;", 0x2026 } };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (begins (p, end, names[i].name))
      {
        g_string_append_unichar (out, names[i].c);
        return p + strlen (names[i].name);
      }
  if (end - p > 3 && p[1] == '#')
    {
      gboolean hex = p[2] == 'x' || p[2] == 'X';
      g_autofree char *digits = g_strndup (p + 2 + hex, (gsize) MIN (end - p - 2 - hex, 8));
      char *stop;
      guint64 c = g_ascii_strtoull (digits, &stop, hex ? 16 : 10);
      if (stop > digits && *stop == ';' && c && c <= 0x10ffff && g_unichar_validate ((gunichar) c))
        {
          g_string_append_unichar (out, (gunichar) c);
          return p + 2 + hex + (stop - digits) + 1;
        }
    }
  g_string_append_c (out, '&');
  return p + 1;
}

char *
gpo_html_text (const char *html, gsize length)
{
  GString *out = g_string_new (NULL);
  for (const char *p = html, *end = html + length; p < end;)
    if (*p == '<' && p + 1 < end && (g_ascii_isalpha (p[1]) || p[1] == '/' || p[1] == '!' || p[1] == '?'))
      p = pass_tag (out, p, end);
    else if (*p == '&')
      p = pass_reference (out, p, end);
    else if (g_ascii_isspace (*p))
      {
        if (out->len && out->str[out->len - 1] != ' ' && out->str[out->len - 1] != '\n')
          g_string_append_c (out, ' ');
        p++;
      }
    else
      g_string_append_c (out, *p++);
  return g_string_free (out, FALSE);
}
