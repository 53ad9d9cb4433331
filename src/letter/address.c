/* SPDX-License-Identifier: MIT */
/* address.c: reading the addresses of SMTP, one function a rule of the grammar.
 *
 * RFC 5321 §4.1.2, with the widenings of RFC 6531 §3.3 (UTF8-non-ascii) in the session that said
 * SMTPUTF8:
 *
 *   Reverse-path  = Path / "<>"
 *   Forward-path  = Path / "<Postmaster>"                                    ; RFC 5321 §4.1.1.3
 *   Path          = "<" [ A-d-l ":" ] Mailbox ">"
 *   A-d-l         = At-domain *( "," At-domain )        ; accepted and ignored, RFC 5321 appendix C
 *   At-domain     = "@" Domain
 *   Mailbox       = Local-part "@" ( Domain / address-literal )
 *   Local-part    = Dot-string / Quoted-string
 *   Dot-string    = Atom *("." Atom)                    ; Atom = 1*atext
 *   Quoted-string = DQUOTE *QcontentSMTP DQUOTE
 *   QcontentSMTP  = qtextSMTP / quoted-pairSMTP
 *   Domain        = sub-domain *("." sub-domain)        ; sub-domain = Let-dig [Ldh-str] / U-label
 *   address-literal = "[" ( IPv4 / "IPv6:" IPv6 / tag ":" 1*dcontent ) "]"    ; RFC 5321 §4.1.3
 *
 * Each rule moves the cursor over what it takes; the first that cannot go on notes what it expected
 * and where, and everything above it just returns FALSE. */
#include "letter/address.h"
#include <arpa/inet.h>
#include <string.h>

typedef struct
{
  const char *text;
  gsize length, at;
  gboolean utf8;
  gboolean saw_utf8;    /* a byte beyond ASCII was taken */
  const char *expected; /* set by the rule that failed */
} Cursor;

static gboolean
fail (Cursor *c, const char *expected)
{
  c->expected = expected;
  return FALSE;
}

/* The byte at the cursor, or -1 at the end. */
static int
peek (const Cursor *c)
{
  return c->at < c->length ? (guchar) c->text[c->at] : -1;
}

static gboolean
take (Cursor *c, char byte)
{
  if (peek (c) != byte)
    return FALSE;
  c->at++;
  return TRUE;
}

/* UTF8-non-ascii, one character. FALSE also where it is not allowed; `expected` says which. */
static gboolean
take_utf8 (Cursor *c)
{
  if (!c->utf8)
    return fail (c, "ASCII, since SMTPUTF8 was not said");
  gunichar ch = g_utf8_get_char_validated (c->text + c->at, (gssize) (c->length - c->at));
  if (ch >= (gunichar) -2)
    return fail (c, "valid UTF-8");
  c->at += (gsize) (g_utf8_next_char (c->text + c->at) - (c->text + c->at));
  return c->saw_utf8 = TRUE;
}

static gboolean
is_atext (int byte)
{
  return byte > 0 && byte < 0x80 && (g_ascii_isalnum (byte) || strchr ("!#$%&'*+-/=?^_`{|}~", byte));
}

/* Atom, at least one character. */
static gboolean
take_atom (Cursor *c, const char *expected)
{
  gsize start = c->at;
  for (;;)
    {
      int byte = peek (c);
      if (is_atext (byte))
        c->at++;
      else if (byte < 0x80)
        break;
      else if (!take_utf8 (c))
        return FALSE;
    }
  return c->at > start ? TRUE : fail (c, expected);
}

static gboolean
take_quoted_string (Cursor *c)
{
  c->at++;
  for (;;)
    {
      int byte = peek (c);
      if (byte >= 0x80)
        {
          if (!take_utf8 (c))
            return FALSE;
          continue;
        }
      if (byte < 0x20 || byte == 0x7f)
        return fail (c, byte < 0 ? "the \" that ends the local part" : "a printable character");
      c->at++;
      if (byte == '"')
        return TRUE;
      if (byte == '\\')
        {
          byte = peek (c);
          if (byte < 0x20 || byte > 0x7e)
            return fail (c, "a printable ASCII character after \\");
          c->at++;
        }
    }
}

static gboolean
take_local_part (Cursor *c, GpoPath *out)
{
  gsize start = c->at;
  out->quoted = peek (c) == '"';
  if (out->quoted)
    {
      if (!take_quoted_string (c))
        return FALSE;
    }
  else
    {
      if (!take_atom (c, "a local part"))
        return FALSE;
      while (take (c, '.'))
        if (!take_atom (c, "a local part without an empty piece (.. or a dot at its end)"))
          return FALSE;
    }
  out->local = (GpoSpan){ start, c->at - start };
  if (out->local.length > GPO_LOCAL_PART_MAX)
    {
      c->at = start + GPO_LOCAL_PART_MAX;
      return fail (c, "a local part of at most 64 bytes");
    }
  return TRUE;
}

/* sub-domain, at most 63 bytes (RFC 1035 §2.3.4); neither first nor last is a hyphen. */
static gboolean
take_sub_domain (Cursor *c)
{
  gsize start = c->at;
  for (;;)
    {
      int byte = peek (c);
      if (byte >= 0 && byte < 0x80 && (g_ascii_isalnum (byte) || (byte == '-' && c->at > start)))
        c->at++;
      else if (byte < 0x80)
        break;
      else if (!take_utf8 (c))
        return FALSE;
    }
  if (c->at == start)
    return fail (c, "a domain");
  if (c->text[c->at - 1] == '-')
    return fail (c, "a letter or digit after -");
  if (c->at - start > 63)
    {
      c->at = start + 63;
      return fail (c, "a label of at most 63 bytes");
    }
  return TRUE;
}

static gboolean
take_domain (Cursor *c)
{
  gsize start = c->at;
  do
    if (!take_sub_domain (c))
      return FALSE;
  while (take (c, '.'));
  if (c->at - start > GPO_DOMAIN_MAX)
    {
      c->at = start + GPO_DOMAIN_MAX;
      return fail (c, "a domain of at most 255 bytes");
    }
  return TRUE;
}

/* Whether what stands between [ and ] is an address: RFC 5321 §4.1.3. */
static gboolean
is_address (const char *text, gsize length)
{
  char address[INET6_ADDRSTRLEN + 1];
  guint8 bytes[16];
  gboolean v6 = length > 5 && g_ascii_strncasecmp (text, "IPv6:", 5) == 0;
  if (v6 || g_ascii_isdigit (text[0]))
    {
      gsize skip = v6 ? 5 : 0;
      if (length - skip >= sizeof address)
        return FALSE;
      memcpy (address, text + skip, length - skip);
      address[length - skip] = 0;
      return inet_pton (v6 ? AF_INET6 : AF_INET, address, bytes) == 1;
    }
  gsize tag = 0;
  while (tag < length && (g_ascii_isalnum (text[tag]) || text[tag] == '-'))
    tag++;
  return tag > 0 && text[tag - 1] != '-' && tag + 1 < length && text[tag] == ':';
}

static gboolean
take_address_literal (Cursor *c)
{
  gsize start = ++c->at;
  /* dcontent: printable, without [ \ ] */
  while (peek (c) > 0x20 && peek (c) < 0x7f && !strchr ("[\\]", peek (c)))
    c->at++;
  if (peek (c) != ']')
    return fail (c, "the ] that ends the address literal");
  if (c->at == start || !is_address (c->text + start, c->at - start))
    {
      c->at = start;
      return fail (c, "an address such as 192.0.2.1 or IPv6:2001:db8::1");
    }
  c->at++;
  return TRUE;
}

static gboolean
take_mailbox (Cursor *c, GpoPath *out)
{
  gsize start = c->at;
  if (!take_local_part (c, out))
    return FALSE;
  if (!take (c, '@'))
    return fail (c, "@ and a domain");
  gsize domain = c->at;
  out->literal = peek (c) == '[';
  if (!(out->literal ? take_address_literal (c) : take_domain (c)))
    return FALSE;
  out->domain = (GpoSpan){ domain, c->at - domain };
  out->path = (GpoSpan){ start, c->at - start };
  return TRUE;
}

/* A-d-l ":" */
static gboolean
take_route (Cursor *c, GpoPath *out)
{
  gsize start = c->at;
  do
    {
      if (!take (c, '@'))
        return fail (c, "@ and a domain of the source route");
      if (!take_domain (c))
        return FALSE;
    }
  while (take (c, ','));
  if (!take (c, ':'))
    return fail (c, "the : that ends the source route");
  out->route = (GpoSpan){ start, c->at - start };
  return TRUE;
}

/* "<Postmaster>": the one mailbox that needs no domain. */
static gboolean
take_bare_postmaster (Cursor *c, GpoPath *out)
{
  static const char word[] = "postmaster>";
  if (c->length - c->at < sizeof word - 1
      || g_ascii_strncasecmp (c->text + c->at, word, sizeof word - 1) != 0)
    return FALSE;
  out->path = out->local = (GpoSpan){ c->at, sizeof word - 2 };
  c->at += sizeof word - 2;
  return TRUE;
}

static gboolean
take_path (Cursor *c, GpoPathKind kind, GpoPath *out)
{
  gsize start = c->at;
  if (!take (c, '<'))
    return fail (c, "<");
  if (peek (c) == '>')
    {
      if (kind == GPO_PATH_FORWARD)
        return fail (c, "a mailbox: only the reverse-path may be <>");
      out->path.start = out->local.start = out->domain.start = c->at;
    }
  else if (kind == GPO_PATH_REVERSE || !take_bare_postmaster (c, out))
    {
      if (peek (c) == '@' && !take_route (c, out))
        return FALSE;
      if (!take_mailbox (c, out))
        return FALSE;
    }
  if (!take (c, '>'))
    return fail (c, ">");
  if (c->at - start > GPO_PATH_MAX)
    {
      c->at = start + GPO_PATH_MAX;
      return fail (c, "a path of at most 256 bytes");
    }
  return TRUE;
}

/* Gives the caller what the cursor knows. */
static gboolean
finish (const Cursor *c, gboolean good, GpoPath *out, const char **expected, gsize *where)
{
  out->utf8 = c->saw_utf8;
  if (!good)
    {
      if (expected)
        *expected = c->expected;
      if (where)
        *where = c->at;
    }
  return good;
}

gboolean
gpo_path_parse (const char *text, gsize length, gboolean utf8, GpoPathKind kind, GpoPath *out,
                gsize *consumed, const char **expected, gsize *where)
{
  Cursor c = { .text = text, .length = length, .utf8 = utf8 };
  *out = (GpoPath){ 0 };
  gboolean good = take_path (&c, kind, out);
  if (good && consumed)
    *consumed = c.at;
  return finish (&c, good, out, expected, where);
}

gboolean
gpo_mailbox_parse (const char *text, gsize length, gboolean utf8, GpoPath *out, const char **expected,
                   gsize *where)
{
  Cursor c = { .text = text, .length = length, .utf8 = utf8 };
  *out = (GpoPath){ 0 };
  gboolean good = take_mailbox (&c, out);
  if (good && c.at < length)
    good = fail (&c, "the end of the address");
  return finish (&c, good, out, expected, where);
}

gboolean
gpo_domain_valid (const char *text, gsize length, gboolean utf8)
{
  Cursor c = { .text = text, .length = length, .utf8 = utf8 };
  return (peek (&c) == '[' ? take_address_literal (&c) : take_domain (&c)) && c.at == length;
}

/* --- paths of an envelope --- */

/* Where the local part of a path ends: at its @, or at its end. */
static const char *
local_end (const char *path)
{
  const char *p = path;
  if (*p == '"')
    for (p++; *p && *p != '"'; p++)
      if (*p == '\\' && p[1])
        p++;
  const char *at = strchr (p, '@'); /* an address literal may hold further ones */
  return at ? at : path + strlen (path);
}

const char *
gpo_path_domain (const char *path)
{
  const char *end = local_end (path);
  return *end ? end + 1 : NULL;
}

/* The next byte of a local part without its quotes, or -1. */
static int
next_local (const char **p, const char *end)
{
  while (*p < end && **p == '"')
    (*p)++;
  if (*p < end && **p == '\\' && *p + 1 < end)
    (*p)++;
  return *p < end ? (guchar) * (*p)++ : -1;
}

char *
gpo_path_local (const char *path)
{
  const char *end = local_end (path), *p = path;
  GString *local = g_string_sized_new ((gsize) (end - path));
  for (int byte; (byte = next_local (&p, end)) >= 0;)
    g_string_append_c (local, (char) byte);
  return g_string_free (local, FALSE);
}

gboolean
gpo_path_is_postmaster (const char *path)
{
  const char *end = local_end (path), *p = path;
  for (const char *word = "postmaster"; *word; word++)
    {
      int byte = next_local (&p, end);
      if (byte < 0 || g_ascii_tolower ((char) byte) != *word)
        return FALSE;
    }
  return next_local (&p, end) < 0;
}

static gboolean
same_local (const char *a, const char *b)
{
  const char *a_end = local_end (a), *b_end = local_end (b);
  for (;;)
    {
      int x = next_local (&a, a_end), y = next_local (&b, b_end);
      if (x != y)
        return FALSE;
      if (x < 0)
        return TRUE;
    }
}

gboolean
gpo_path_equal (const char *a, const char *b)
{
  const char *a_domain = gpo_path_domain (a), *b_domain = gpo_path_domain (b);
  if (!a_domain != !b_domain || (a_domain && g_ascii_strcasecmp (a_domain, b_domain) != 0))
    return FALSE;
  return same_local (a, b) || (gpo_path_is_postmaster (a) && gpo_path_is_postmaster (b));
}
