/* SPDX-License-Identifier: MIT */
/* dialog-play.c: plays a dialogue over a transport and says where the server differs.
 *
 * What is sent is gathered until the server is to speak, so that lines in a row go out as one write. */
#include "dialog.h"
#include <string.h>

typedef struct
{
  gpointer session; /* the transport's; NULL: not open */
  GString *out;     /* gathered, not sent */
  GString *in;      /* received, not looked at */
  gboolean ended;   /* the server has hung up */
  char *stamp;      /* "<…>" of the last line that had one, for APOP */
} Party;

typedef struct
{
  const Dialog *dialog;
  DialogTransport *transport;
  gboolean byte_by_byte;
  Party parties[DIALOG_SESSIONS + 1];
} Player;

gboolean
dialog_matches (const char *pattern, const char *line)
{
  /* the star of an untagged response is no wildcard */
  if (g_str_has_prefix (pattern, "* ") && !g_str_has_prefix (line, "* "))
    return FALSE;
  for (; *pattern != '*'; pattern++, line++)
    {
      if (*pattern != *line)
        return FALSE;
      if (!*pattern)
        return TRUE;
    }
  while (*pattern == '*')
    pattern++;
  /* nor does a star hide a line ending that is not CRLF */
  if (!*pattern)
    return !strchr (line, '\n');
  for (; *line && *line != '\n'; line++)
    if (dialog_matches (pattern, line))
      return TRUE;
  return FALSE;
}

static gboolean
differs (const Player *player, const DialogStep *step, GError **error, const char *expected, const char *came)
{
  g_autofree char *shown = g_strescape (came, "\"");
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s:%u: expected: %s\n     but: %s", player->dialog->path, step->line,
               expected, shown);
  return FALSE;
}

static gboolean
flush (Player *player, Party *party, GError **error)
{
  gsize step = player->byte_by_byte ? 1 : MAX (party->out->len, 1);
  for (gsize at = 0; at < party->out->len; at += step)
    if (!player->transport->send (player->transport, party->session, party->out->str + at, step, error))
      return FALSE;
  g_string_truncate (party->out, 0);
  return TRUE;
}

/* The party of a step, its connection open. */
static Party *
party_of (Player *player, const DialogStep *step, GError **error)
{
  Party *party = &player->parties[step->session];
  if (!party->out)
    {
      const char *host = player->dialog->host[step->session], *role = player->dialog->role[step->session];
      party->out = g_string_new (NULL);
      party->in = g_string_new (NULL);
      party->session = player->transport->open (player->transport, host ? host : player->dialog->host[1],
                                                role ? role : player->dialog->role[1], error);
    }
  if (!party->session && error && !*error)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s:%u: this session was closed above", player->dialog->path,
                 step->line);
  return party->session ? party : NULL;
}

/* Waits until a whole line is at hand; FALSE with *why for what there is instead. */
static gboolean
have_line (Player *player, Party *party, char **why)
{
  g_autoptr (GError) error = NULL;
  while (!memchr (party->in->str, '\n', party->in->len))
    {
      if (!party->ended && player->transport->receive (player->transport, party->session, party->in, &error))
        continue;
      party->ended = party->ended || !error;
      *why = error ? g_strdup_printf ("%s (so far: \"%s\")", error->message, party->in->str)
                   : g_strdup_printf ("the server hung up (so far: \"%s\")", party->in->str);
      return FALSE;
    }
  return TRUE;
}

/* The line at hand, without CRLF; the caller frees. A line that ends otherwise keeps what it ends in. */
static char *
peek_line (const Party *party, gsize *with_ending)
{
  const char *lf = memchr (party->in->str, '\n', party->in->len);
  gsize n = (gsize) (lf - party->in->str);
  *with_ending = n + 1;
  if (n && lf[-1] == '\r')
    return g_strndup (party->in->str, n - 1);
  return g_strndup (party->in->str, n + 1);
}

static gboolean
expect (Player *player, Party *party, const DialogStep *step, GError **error)
{
  g_autofree char *why = NULL;
  gsize n;
  if (!have_line (player, party, &why))
    return differs (player, step, error, step->text->str, why);
  g_autofree char *line = peek_line (party, &n);
  if (!dialog_matches (step->text->str, line))
    return differs (player, step, error, step->text->str, line);
  g_string_erase (party->in, 0, (gssize) n);
  const char *left = strchr (line, '<'), *right = left ? strchr (left, '>') : NULL;
  if (right)
    {
      g_free (party->stamp);
      party->stamp = g_strndup (left, (gsize) (right - left) + 1);
    }
  return TRUE;
}

/* "name password" as APOP says it. */
static void
say_apop (Party *party, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 2);
  g_autofree char *secret = g_strconcat (party->stamp ? party->stamp : "", words[0] && words[1] ? words[1] : "", NULL);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_MD5, secret, -1);
  g_string_append_printf (party->out, "APOP %s %s\r\n", words[0], digest);
}

static gboolean
expect_any (Player *player, Party *party, const DialogStep *step)
{
  g_autofree char *why = NULL;
  while (have_line (player, party, &why))
    {
      gsize n;
      g_autofree char *line = peek_line (party, &n);
      if (!dialog_matches (step->text->str, line))
        break;
      g_string_erase (party->in, 0, (gssize) n);
    }
  return TRUE;
}

static gboolean
expect_closed (Player *player, Party *party, const DialogStep *step, GError **error)
{
  g_autoptr (GError) silent = NULL;
  while (!party->ended && player->transport->receive (player->transport, party->session, party->in, &silent))
    ;
  if (silent)
    return differs (player, step, error, "the server hangs up", silent->message);
  party->ended = TRUE;
  if (step->verb == DIALOG_DROPPED)
    g_string_truncate (party->in, 0);
  return party->in->len == 0 || differs (player, step, error, "the server hangs up, saying no more", party->in->str);
}

static gboolean
play_step (Player *player, const DialogStep *step, GError **error)
{
  Party *party = party_of (player, step, error);
  if (!party)
    return FALSE;
  if (step->verb == DIALOG_SEND)
    {
      g_string_append_len (party->out, step->text->str, step->text->len);
      return TRUE;
    }
  if (step->verb == DIALOG_APOP)
    {
      say_apop (party, step->text->str);
      return TRUE;
    }
  if (!flush (player, party, error))
    return FALSE;
  switch (step->verb)
    {
    case DIALOG_EXPECT:
      return expect (player, party, step, error);
    case DIALOG_EXPECT_ANY:
      return expect_any (player, party, step);
    case DIALOG_TLS:
      return (party->in->len == 0 || differs (player, step, error, "nothing before the handshake", party->in->str))
             && player->transport->start_tls (player->transport, party->session, error);
    case DIALOG_CLOSED:
    case DIALOG_DROPPED:
      return expect_closed (player, party, step, error);
    case DIALOG_STOP:
      player->transport->stop (player->transport, party->session);
      return TRUE;
    case DIALOG_CLOSE:
      player->transport->close (player->transport, party->session);
      party->session = NULL;
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

gboolean
dialog_play (const Dialog *dialog, DialogTransport *transport, gboolean byte_by_byte, GError **error)
{
  Player player = { .dialog = dialog, .transport = transport, .byte_by_byte = byte_by_byte };
  gboolean good = TRUE;
  for (guint i = 0; good && i < dialog->steps->len; i++)
    good = play_step (&player, dialog->steps->pdata[i], error);
  for (guint s = 1; s <= DIALOG_SESSIONS; s++)
    {
      Party *party = &player.parties[s];
      if (!party->out)
        continue;
      if (good && party->session)
        good = flush (&player, party, error);
      const DialogStep *last = dialog->steps->pdata[dialog->steps->len - 1];
      if (good && party->in->len)
        good = differs (&player, last, error, "nothing more", party->in->str);
      if (party->session)
        transport->close (transport, party->session);
      g_free (party->stamp);
      g_string_free (party->out, TRUE);
      g_string_free (party->in, TRUE);
    }
  return good;
}
