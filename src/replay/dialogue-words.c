/* SPDX-License-Identifier: MIT */
/* dialogue-words.c: what may be said now, and what would come of it: the server's table, asked before the
 * server is. */
#include "protocol/imap.h"
#include "protocol/pop3.h"
#include "protocol/smtp.h"
#include "replay/dialogue-private.h"
#include <string.h>

/* How a command goes on behind its verb; those that are not here stand alone. */
static const struct
{
  GpoProtocol protocol;
  const char *verb, *more;
} templates[] = {
  { GPO_PROTOCOL_SMTP, "EHLO", " client.example" },
  { GPO_PROTOCOL_SMTP, "HELO", " client.example" },
  { GPO_PROTOCOL_SMTP, "MAIL", " FROM:<" },
  { GPO_PROTOCOL_SMTP, "RCPT", " TO:<" },
  { GPO_PROTOCOL_SMTP, "VRFY", " " },
  { GPO_PROTOCOL_SMTP, "EXPN", " " },
  { GPO_PROTOCOL_SMTP, "AUTH", " PLAIN" },
  { GPO_PROTOCOL_SMTP, "BDAT", " 0 LAST" },
  { GPO_PROTOCOL_IMAP, "LOGIN", " " },
  { GPO_PROTOCOL_IMAP, "AUTHENTICATE", " PLAIN" },
  { GPO_PROTOCOL_IMAP, "SELECT", " INBOX" },
  { GPO_PROTOCOL_IMAP, "EXAMINE", " INBOX" },
  { GPO_PROTOCOL_IMAP, "CREATE", " " },
  { GPO_PROTOCOL_IMAP, "DELETE", " " },
  { GPO_PROTOCOL_IMAP, "RENAME", " " },
  { GPO_PROTOCOL_IMAP, "SUBSCRIBE", " " },
  { GPO_PROTOCOL_IMAP, "UNSUBSCRIBE", " " },
  { GPO_PROTOCOL_IMAP, "LIST", " \"\" \"*\"" },
  { GPO_PROTOCOL_IMAP, "LSUB", " \"\" \"*\"" },
  { GPO_PROTOCOL_IMAP, "ENABLE", " " },
  { GPO_PROTOCOL_IMAP, "STATUS", " INBOX (MESSAGES UNSEEN)" },
  { GPO_PROTOCOL_IMAP, "APPEND", " INBOX {5}" },
  { GPO_PROTOCOL_IMAP, "ID", " NIL" },
  { GPO_PROTOCOL_IMAP, "SEARCH", " ALL" },
  { GPO_PROTOCOL_IMAP, "UID SEARCH", " ALL" },
  { GPO_PROTOCOL_IMAP, "FETCH", " 1 (FLAGS ENVELOPE)" },
  { GPO_PROTOCOL_IMAP, "UID FETCH", " 1:* (FLAGS)" },
  { GPO_PROTOCOL_IMAP, "STORE", " 1 +FLAGS (\\Seen)" },
  { GPO_PROTOCOL_IMAP, "UID STORE", " 1 +FLAGS (\\Seen)" },
  { GPO_PROTOCOL_IMAP, "COPY", " 1 " },
  { GPO_PROTOCOL_IMAP, "UID COPY", " 1 " },
  { GPO_PROTOCOL_IMAP, "MOVE", " 1 " },
  { GPO_PROTOCOL_IMAP, "UID MOVE", " 1 " },
  { GPO_PROTOCOL_IMAP, "UID EXPUNGE", " 1" },
  { GPO_PROTOCOL_POP3, "USER", " " },
  { GPO_PROTOCOL_POP3, "PASS", " " },
  { GPO_PROTOCOL_POP3, "APOP", " " },
  { GPO_PROTOCOL_POP3, "AUTH", " PLAIN" },
  { GPO_PROTOCOL_POP3, "RETR", " 1" },
  { GPO_PROTOCOL_POP3, "DELE", " 1" },
  { GPO_PROTOCOL_POP3, "TOP", " 1 5" },
};

char *
gpo_dialogue_tag (const GpoDialogue *d)
{
  return g_strdup_printf ("a%u", d->n_tags + 1);
}

/* --- reading what is typed --- */

static gboolean
is_verb (const char *input)
{
  return g_ascii_isupper (input[0]);
}

/* Where the command's verb begins: behind IMAP's tag, if a first word that is no verb stands there. */
static const char *
verb_at (const GpoDialogue *d, const char *typed)
{
  if (d->protocol != GPO_PROTOCOL_IMAP)
    return typed;
  gsize n = strcspn (typed, " ");
  g_autofree char *first = g_strndup (typed, n);
  if (gpo_machine_input (d->observed->machine, first) >= 0 || g_ascii_strcasecmp (first, "UID") == 0)
    return typed;
  return typed[n] ? typed + n + 1 : typed + n;
}

/* The input of the whole verb at the front, or -1. */
static int
input_of (const GpoDialogue *d, const char *verb)
{
  gsize n = strcspn (verb, " ");
  if (n == 3 && g_ascii_strncasecmp (verb, "UID ", 4) == 0)
    n = 4 + strcspn (verb + 4, " ");
  g_autofree char *word = g_strndup (verb, n);
  int input = gpo_machine_input (d->observed->machine, word);
  return input >= 0 && is_verb (d->observed->machine->inputs[input]) ? input : -1;
}

/* --- judging --- */

static const GpoEdge *
edge_for (const GpoDialogue *d, guint8 input, GpoVerdict verdict)
{
  int row = gpo_machine_find (d->observed->machine, d->observed->state, input, verdict);
  return row == GPO_NO_EDGE ? NULL : &d->observed->machine->edges[row];
}

gboolean
gpo_dialogue_judge (const GpoDialogue *d, const char *typed, GpoJudgement *out)
{
  static const GpoVerdict good[] = { GPO_OK, GPO_MORE, GPO_EMPTY };
  const char *verb = verb_at (d, typed);
  *out = (GpoJudgement){ 0 };
  if (gpo_dialogue_expects (d) != GPO_TYPED_COMMAND || !*verb)
    return FALSE;
  int input = input_of (d, verb);
  const GpoEdge *edge = NULL;
  out->known = input >= 0;
  out->legal = out->known && gpo_machine_accepts (d->observed->machine, d->observed->state, (guint8) input);
  for (guint i = 0; out->legal && !edge && i < G_N_ELEMENTS (good); i++)
    edge = edge_for (d, (guint8) input, good[i]);
  if (!out->known)
    edge = edge_for (d, (guint8) gpo_machine_input (d->observed->machine, "unknown"), GPO_UNKNOWN);
  else if (!out->legal)
    edge = edge_for (d, (guint8) input, GPO_SEQUENCE);
  out->reply = edge ? edge->reply : NULL;
  out->spec = edge ? edge->spec : NULL;
  return TRUE;
}

static char *
hint_for_line (const GpoDialogue *d, const char *typed)
{
  switch (gpo_dialogue_expects (d))
    {
    case GPO_TYPED_LETTER:
      if (strcmp (typed, ".") == 0)
        return g_strdup ("a dot alone: the end of the letter (RFC 5321 §4.1.1.4)");
      return g_strdup (
          typed[0] == '.'
              ? "a line of the letter that begins with a dot: it is sent with two (RFC 5321 §4.5.2)"
              : "a line of the letter; a dot alone ends it");
    case GPO_TYPED_LITERAL:
      return g_strdup_printf ("bytes of the literal: %" G_GUINT64_FORMAT
                              " to come, this line is %" G_GSIZE_FORMAT " with its ending (RFC 3501 §4.3)",
                              gpo_dialogue_left (d), strlen (typed) + 2);
    case GPO_TYPED_ANSWER:
      {
        g_autofree char *plain = *typed && strcmp (typed, "*") ? gpo_sasl_explain ("", typed) : NULL;
        return plain ? g_strdup_printf ("decoded: %s", plain)
                     : g_strdup ("an answer in base64, or * to give up");
      }
    case GPO_TYPED_TOO_EARLY:
      return g_strdup ("what comes next depends on a reply that is still awaited");
    default:
      return NULL;
    }
}

char *
gpo_dialogue_hint (const GpoDialogue *d, const char *typed)
{
  GpoJudgement judgement;
  char *line = hint_for_line (d, typed);
  if (line)
    return line;
  if (strcmp (gpo_dialogue_state (d), d->observed->machine->states[d->observed->machine->final]) == 0)
    return g_strdup ("the conversation is over");
  if (!gpo_dialogue_judge (d, typed, &judgement))
    return g_strdup_printf ("state %s: Tab shows what may be said", gpo_dialogue_state (d));
  g_autofree char *earns = judgement.reply ? g_strdup_printf (": “%s”", judgement.reply) : g_strdup ("");
  const char *words = !judgement.known  ? "no command, or not yet a whole one; it would earn"
                      : judgement.legal ? "legal now, and usually answered"
                                        : "not legal now; it would earn";
  if (!judgement.reply)
    words = judgement.legal ? "legal now" : "not legal now";
  return g_strdup_printf ("%s%s (%s)", words, earns, judgement.spec ? judgement.spec : "");
}

/* --- completing --- */

static void
suggestion_free (gpointer data)
{
  GpoSuggestion *suggestion = data;
  g_free (suggestion->text);
  g_free (suggestion->label);
  g_free (suggestion);
}

static void
suggest (GPtrArray *out, char *text, const char *label, gboolean legal)
{
  GpoSuggestion *suggestion = g_new (GpoSuggestion, 1);
  *suggestion = (GpoSuggestion){ text, g_strdup (label), legal };
  g_ptr_array_add (out, suggestion);
}

static const char *
template_of (GpoProtocol protocol, const char *verb)
{
  for (guint i = 0; i < G_N_ELEMENTS (templates); i++)
    if (templates[i].protocol == protocol && strcmp (templates[i].verb, verb) == 0)
      return templates[i].more;
  return "";
}

/* DONE has no tag, and no other protocol has tags. */
static char *
front_of (const GpoDialogue *d, const char *typed, const char *verb, const char *input)
{
  if (d->protocol != GPO_PROTOCOL_IMAP || strcmp (input, "DONE") == 0)
    return g_strdup ("");
  if (verb > typed && *verb)
    return g_strndup (typed, (gsize) (verb - typed));
  g_autofree char *tag = verb > typed ? g_strndup (typed, strcspn (typed, " ")) : gpo_dialogue_tag (d);
  return g_strdup_printf ("%s ", tag);
}

static void
suggest_verbs (const GpoDialogue *d, GPtrArray *out, const char *typed, gboolean legal)
{
  const GpoMachine *machine = d->observed->machine;
  const char *verb = verb_at (d, typed);
  /* a word without a space behind it may be the tag, or the beginning of a verb */
  if (d->protocol == GPO_PROTOCOL_IMAP && !*verb && !strchr (typed, ' ')
      && !g_ascii_isdigit (typed[strlen (typed) - !!*typed]))
    verb = typed;
  for (guint8 i = 0; i < machine->n_inputs; i++)
    {
      const char *input = machine->inputs[i];
      if (!is_verb (input) || g_ascii_strncasecmp (input, verb, strlen (verb)) != 0
          || gpo_machine_accepts (machine, d->observed->state, i) != legal)
        continue;
      g_autofree char *front = front_of (d, typed, verb, input);
      suggest (out, g_strconcat (front, input, template_of (d->protocol, input), NULL), input, legal);
    }
}

/* Behind the "<" of a path. */
static void
suggest_paths (GPtrArray *out, const char *typed, const char *open, const char *const *addresses)
{
  for (; addresses && *addresses; addresses++)
    if (g_ascii_strncasecmp (*addresses, open + 1, strlen (open + 1)) == 0)
      suggest (out, g_strdup_printf ("%.*s%s>", (int) (open + 1 - typed), typed, *addresses), *addresses,
               TRUE);
}

GPtrArray *
gpo_dialogue_complete (const GpoDialogue *d, const char *typed, const char *const *addresses)
{
  GPtrArray *out = g_ptr_array_new_with_free_func (suggestion_free);
  const char *open = strrchr (typed, '<');
  if (gpo_dialogue_expects (d) != GPO_TYPED_COMMAND)
    return out;
  if (open && !strchr (open, '>'))
    suggest_paths (out, typed, open, addresses);
  else
    {
      suggest_verbs (d, out, typed, TRUE);
      suggest_verbs (d, out, typed, FALSE);
    }
  return out;
}
