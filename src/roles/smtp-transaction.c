/* SPDX-License-Identifier: MIT */
/* smtp-transaction.c: MAIL and RCPT make the envelope: RFC 5321 §3.3; VRFY and EXPN ask about names.
 *
 * A refused recipient changes nothing: the others stand. Every change of the envelope is an
 * `envelope` event, and the edge of MAIL and RCPT names the address. */
#include "letter/address.h"
#include "roles/smtp-private.h"
#include <string.h>

/* --- parameters: a table of keyword → how it is read --- */

typedef enum
{
  PARAM_FINE,
  PARAM_WRONG,
  PARAM_UNKNOWN
} ParamVerdict;
typedef ParamVerdict (*ParamFunc) (GpoSmtpServer *server, GpoRecipient *recipient, GpoSlice value);

typedef struct
{
  const char *keyword;
  const char *extension; /* the EHLO keyword that offers it */
  ParamFunc read;
} Param;

/* SIZE=n: RFC 1870 §6.1 */
static ParamVerdict
param_size (GpoSmtpServer *server, GpoRecipient *recipient, GpoSlice value)
{
  server->envelope->size = gpo_slice_number (value);
  return server->envelope->size < 0 ? PARAM_WRONG : PARAM_FINE;
}

/* BODY=7BIT / 8BITMIME: RFC 6152 §3 */
static ParamVerdict
param_body (GpoSmtpServer *server, GpoRecipient *recipient, GpoSlice value)
{
  if (gpo_slice_is (value, "7BIT"))
    server->envelope->body = GPO_BODY_7BIT;
  else if (gpo_slice_is (value, "8BITMIME"))
    server->envelope->body = GPO_BODY_8BITMIME;
  else
    return PARAM_WRONG;
  return PARAM_FINE;
}

/* SMTPUTF8, without a value: RFC 6531 §3.4 */
static ParamVerdict
param_smtputf8 (GpoSmtpServer *server, GpoRecipient *recipient, GpoSlice value)
{
  server->envelope->smtputf8 = TRUE;
  return value.text ? PARAM_WRONG : PARAM_FINE;
}

/* RET=FULL / HDRS: RFC 3461 §4.3 */
static ParamVerdict
param_ret (GpoSmtpServer *server, GpoRecipient *recipient, GpoSlice value)
{
  if (gpo_slice_is (value, "FULL"))
    server->envelope->ret = GPO_RET_FULL;
  else if (gpo_slice_is (value, "HDRS"))
    server->envelope->ret = GPO_RET_HDRS;
  else
    return PARAM_WRONG;
  return PARAM_FINE;
}

/* ENVID=xtext, at most 100 characters: RFC 3461 §4.4 */
static ParamVerdict
param_envid (GpoSmtpServer *server, GpoRecipient *recipient, GpoSlice value)
{
  g_free (server->envelope->envid);
  server->envelope->envid = value.text && value.length <= 100 ? gpo_xtext_decode (value) : NULL;
  return server->envelope->envid ? PARAM_FINE : PARAM_WRONG;
}

/* AUTH=xtext / <>: RFC 4954 §5. It is read and not believed: our peers are strangers. */
static ParamVerdict
param_auth (GpoSmtpServer *server, GpoRecipient *recipient, GpoSlice value)
{
  if (value.text && gpo_slice_is (value, "<>"))
    return PARAM_FINE;
  g_autofree char *who = value.text ? gpo_xtext_decode (value) : NULL;
  return who ? PARAM_FINE : PARAM_WRONG;
}

/* NOTIFY=NEVER / 1#(SUCCESS FAILURE DELAY): RFC 3461 §4.1 */
static ParamVerdict
param_notify (GpoSmtpServer *server, GpoRecipient *recipient, GpoSlice value)
{
  static const struct
  {
    const char *word;
    guint bit;
  } words[] = {
    { "NEVER", GPO_NOTIFY_NEVER },
    { "SUCCESS", GPO_NOTIFY_SUCCESS },
    { "FAILURE", GPO_NOTIFY_FAILURE },
    { "DELAY", GPO_NOTIFY_DELAY },
  };
  if (!value.text)
    return PARAM_WRONG;
  g_autofree char *text = gpo_slice_dup (value);
  g_auto (GStrv) parts = g_strsplit (text, ",", 0);
  for (guint i = 0; parts[i]; i++)
    {
      guint bit = 0;
      for (guint w = 0; w < G_N_ELEMENTS (words); w++)
        if (g_ascii_strcasecmp (parts[i], words[w].word) == 0)
          bit = words[w].bit;
      if (bit == 0)
        return PARAM_WRONG;
      recipient->notify |= bit;
    }
  gboolean never = recipient->notify & GPO_NOTIFY_NEVER;
  return never && recipient->notify != GPO_NOTIFY_NEVER ? PARAM_WRONG : PARAM_FINE;
}

/* ORCPT=addr-type;xtext: RFC 3461 §4.2. addr-type is an atom of letters, digits and hyphens.
 */
static ParamVerdict
param_orcpt (GpoSmtpServer *server, GpoRecipient *recipient, GpoSlice value)
{
  gsize type = 0;
  while (type < value.length && (g_ascii_isalnum (value.text[type]) || value.text[type] == '-'))
    type++;
  if (type == 0 || type == value.length || value.text[type] != ';' || value.length > 500)
    return PARAM_WRONG;
  g_free (recipient->orcpt);
  recipient->orcpt = gpo_xtext_decode (value);
  return recipient->orcpt ? PARAM_FINE : PARAM_WRONG;
}

static const Param mail_params[] = {
  { "SIZE", "SIZE", param_size },
  { "BODY", "8BITMIME", param_body },
  { "SMTPUTF8", "SMTPUTF8", param_smtputf8 },
  { "RET", "DSN", param_ret },
  { "ENVID", "DSN", param_envid },
  { "AUTH", "AUTH", param_auth },
  { NULL },
};

static const Param rcpt_params[] = {
  { "NOTIFY", "DSN", param_notify },
  { "ORCPT", "DSN", param_orcpt },
  { NULL },
};

static ParamVerdict
read_param (GpoSmtpServer *server, const Param *known, GpoSmtpParam *param, GpoRecipient *recipient)
{
  for (; known->keyword; known++)
    if (gpo_slice_is (param->keyword, known->keyword))
      return gpo_smtp_offers (server, known->extension) ? known->read (server, recipient, param->value)
                                                        : PARAM_UNKNOWN;
  return PARAM_UNKNOWN;
}

/* Reads all parameters. FALSE: the command was answered. */
static gboolean
read_params (GpoSmtpServer *server, GpoSmtpInput input, const Param *known, GpoSlice rest,
             GpoRecipient *recipient)
{
  GpoSmtpParam param;
  for (;;)
    {
      GpoParamResult result = gpo_smtp_param_next (&rest, &param);
      if (result == GPO_PARAM_END)
        return TRUE;
      ParamVerdict verdict
          = result == GPO_PARAM_BAD ? PARAM_WRONG : read_param (server, known, &param, recipient);
      if (verdict == PARAM_FINE)
        continue;
      g_autofree char *word = g_strndup (param.keyword.text, MIN (param.keyword.length, 40));
      g_autofree char *text
          = verdict == PARAM_UNKNOWN ? g_strdup_printf ("555 5.5.4 parameter %s is not offered here%s", word,
                                                        server->esmtp ? "" : " (say EHLO, not HELO)")
            : *word                  ? g_strdup_printf ("501 5.5.4 the value of %s is wrong", word)
                    : g_strdup ("501 5.5.4 behind the address a parameter was expected: SP keyword=value");
      gpo_smtp_answer (server, input, verdict == PARAM_UNKNOWN ? GPO_UNSUPPORTED : GPO_SYNTAX, text, NULL);
      return FALSE;
    }
}

/* SMTPUTF8 allows addresses beyond ASCII, but stands behind the address it allows. In a
 * quoted local part the word says nothing: gpo_smtp_mail() looks again when the parameters are read. */
static gboolean
says_smtputf8 (GpoSlice argument)
{
  g_autofree char *text = gpo_slice_dup (argument);
  g_autofree char *upper = g_ascii_strup (text, -1);
  return strstr (upper, " SMTPUTF8") != NULL;
}

/* Reads "FROM:" or "TO:" and the path, and leaves `argument` behind it. The caller frees the path,
 * which is as it was typed, without <> and source route. NULL: the command was answered. */
static char *
read_path (GpoSmtpServer *server, GpoSmtpInput input, GpoSlice *argument, gboolean utf8)
{
  gboolean mail = input == GPO_SMTP_IN_MAIL;
  guint spaces = 0;
  if (!gpo_smtp_path_prefix (argument, mail ? "FROM:" : "TO:", &spaces))
    {
      gpo_smtp_answer (server, input, GPO_SYNTAX, NULL, NULL);
      return NULL;
    }
  GpoPath path;
  gsize consumed = 0, where = 0;
  const char *expected = NULL;
  if (!gpo_path_parse (argument->text, argument->length, utf8, mail ? GPO_PATH_REVERSE : GPO_PATH_FORWARD,
                       &path, &consumed, &expected, &where))
    {
      g_autofree char *text = g_strdup_printf (
          "501 5.1.%d the address is wrong: %s was expected at byte %" G_GSIZE_FORMAT " of it", mail ? 7 : 3,
          expected, where + 1);
      gpo_smtp_answer (server, input, GPO_SYNTAX, text, NULL);
      return NULL;
    }
  if (spaces > 0)
    gpo_smtp_note (server,
                   "the space behind the colon is taken, though the grammar has none (RFC 5321 §4.1.1.2)");
  char *text = g_strndup (argument->text + path.path.start, path.path.length);
  argument->text += consumed;
  argument->length -= consumed;
  return text;
}

static void
envelope_event (GpoSmtpServer *server, const char *action, GpoField field, const char *path)
{
  GpoEventBuilder b;
  gpo_session_event (&server->session, &b, GPO_KIND_ENVELOPE);
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol (action));
  gpo_event_add_text (&b, field, path, -1);
  gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) server->session.cause);
  gpo_log_append (server->session.log, &b);
}

/* Answers MAIL or RCPT with an edge that names the address. */
static void
answer_path (GpoSmtpServer *server, GpoSmtpInput input, GpoVerdict verdict, const char *text,
             const char *path)
{
  GpoEventBuilder b;
  gpo_session_event (&server->session, &b, GPO_KIND_EDGE);
  gpo_event_add_text (&b, input == GPO_SMTP_IN_MAIL ? GPO_FIELD_SENDER : GPO_FIELD_RECIPIENT, path, -1);
  gpo_smtp_answer (server, input, verdict, text, &b);
}

/* --- MAIL: RFC 5321 §4.1.1.2 --- */

static gboolean
is_blocked (GpoHost *host, const char *sender)
{
  const char *at = strrchr (sender, '@');
  for (char **b = host->blocklist; b && *b; b++)
    if (g_ascii_strcasecmp (*b, sender) == 0 || (at && g_ascii_strcasecmp (*b, at + 1) == 0))
      return TRUE;
  return FALSE;
}

void
gpo_smtp_mail (GpoSmtpServer *server, GpoSlice argument)
{
  GpoHost *host = server->server_host;
  if (server->role == GPO_ROLE_SUBMISSION && !server->person)
    {
      gpo_smtp_answer (server, GPO_SMTP_IN_MAIL, GPO_NEEDS_AUTH, NULL, NULL);
      return;
    }
  gboolean utf8 = gpo_smtp_offers (server, "SMTPUTF8") && says_smtputf8 (argument);
  gpo_envelope_clear (server->envelope);
  g_autofree char *sender = read_path (server, GPO_SMTP_IN_MAIL, &argument, utf8);
  if (!sender)
    return;
  if (!read_params (server, GPO_SMTP_IN_MAIL, mail_params, argument, NULL))
    {
      gpo_envelope_clear (server->envelope);
      return;
    }
  if (!g_str_is_ascii (sender) && !server->envelope->smtputf8)
    {
      gpo_envelope_clear (server->envelope);
      answer_path (server, GPO_SMTP_IN_MAIL, GPO_SYNTAX,
                   "501 5.1.7 the address goes beyond ASCII, and SMTPUTF8 was not said", sender);
      return;
    }
  if (host->limits.letter && server->envelope->size > host->limits.letter)
    {
      g_autofree char *text = g_strdup_printf ("552 5.3.4 the letter is too big: %" G_GINT64_FORMAT
                                               " bytes, at most %" G_GINT64_FORMAT,
                                               server->envelope->size, host->limits.letter);
      gpo_envelope_clear (server->envelope);
      answer_path (server, GPO_SMTP_IN_MAIL, GPO_TOO_BIG, text, sender);
      return;
    }
  if (is_blocked (host, sender))
    {
      gpo_envelope_clear (server->envelope);
      answer_path (server, GPO_SMTP_IN_MAIL, GPO_REFUSED, "550 5.7.1 this sender is on our blocklist",
                   sender);
      return;
    }
  server->envelope->has_sender = TRUE;
  g_free (server->envelope->reverse_path);
  server->envelope->reverse_path = g_strdup (sender);
  server->session.letter = server->sink->letter (server->sink, server, &server->recorded);
  envelope_event (server, "from", GPO_FIELD_SENDER, sender);
  answer_path (server, GPO_SMTP_IN_MAIL, GPO_OK, NULL, sender);
}

/* --- RCPT: RFC 5321 §4.1.1.3 --- */

/* Whether this recipient is taken; *text says why not, and the caller frees it. */
static GpoVerdict
judge_recipient (GpoSmtpServer *server, const char *path, char **text)
{
  GpoHost *host = server->server_host;
  if (host->limits.recipients && server->envelope->recipients->len >= host->limits.recipients)
    {
      *text = g_strdup_printf ("452 4.5.3 too many recipients: at most %u a letter, send the rest separately",
                               host->limits.recipients);
      return GPO_TOO_MANY;
    }
  switch (server->sink->place (server->sink, path, NULL))
    {
    case GPO_PLACE_NOWHERE:
      *text = g_strdup_printf ("550 5.1.1 <%s>: no such person here", path);
      return GPO_REFUSED;
    case GPO_PLACE_ELSEWHERE:
      if (!server->person && !server->sink->may_relay (server->sink, path))
        {
          *text
              = g_strdup_printf ("550 5.7.1 <%s>: we do not pass on mail for strangers; log in first", path);
          return GPO_REFUSED;
        }
      break;
    default:
      break;
    }
  if (host->greylist && !server->person
      && !server->sink->greylist (server->sink, server->peer, server->envelope->reverse_path, path))
    {
      *text = g_strdup ("450 4.7.1 greylisted: we do not know you yet, try again later");
      return GPO_DEFERRED;
    }
  return GPO_OK;
}

void
gpo_smtp_rcpt (GpoSmtpServer *server, GpoSlice argument)
{
  g_autofree char *forward_path = read_path (server, GPO_SMTP_IN_RCPT, &argument, server->envelope->smtputf8);
  if (!forward_path)
    return;
  GpoRecipient parsed = { .path = forward_path };
  gboolean fine = read_params (server, GPO_SMTP_IN_RCPT, rcpt_params, argument, &parsed);
  g_autofree char *orcpt = parsed.orcpt;
  if (!fine)
    return;
  g_autofree char *text = NULL;
  GpoVerdict verdict = judge_recipient (server, forward_path, &text);
  if (verdict == GPO_OK)
    {
      GpoRecipient *recipient = gpo_envelope_add (server->envelope, forward_path);
      recipient->notify = parsed.notify;
      recipient->orcpt = g_steal_pointer (&orcpt);
      envelope_event (server, "to", GPO_FIELD_RECIPIENT, forward_path);
    }
  answer_path (server, GPO_SMTP_IN_RCPT, verdict, text, forward_path);
}

/* --- VRFY and EXPN: RFC 5321 §3.5 --- */

/* The argument may be a bare local part or a mailbox, with or without angle brackets. */
static char *
asked_name (GpoSlice argument)
{
  if (argument.length >= 2 && argument.text[0] == '<' && argument.text[argument.length - 1] == '>')
    return g_strndup (argument.text + 1, argument.length - 2);
  return gpo_slice_dup (argument);
}

void
gpo_smtp_vrfy (GpoSmtpServer *server, GpoSlice argument)
{
  GpoHost *host = server->server_host;
  if (argument.length == 0)
    {
      gpo_smtp_answer (server, GPO_SMTP_IN_VRFY, GPO_SYNTAX, "501 5.5.4 syntax: VRFY name", NULL);
      return;
    }
  if (!host->vrfy)
    {
      gpo_smtp_answer (server, GPO_SMTP_IN_VRFY, GPO_OK, NULL, NULL);
      return;
    }
  g_autofree char *name = asked_name (argument);
  g_autofree char *path = strchr (name, '@') ? g_strdup (name) : g_strconcat (name, "@", host->domain, NULL);
  g_autofree char *text = NULL;
  GpoPerson *person = NULL;
  GpoPlace place = server->sink->place (server->sink, path, &person);
  if (place == GPO_PLACE_MAILBOX && person)
    text = g_strdup_printf ("250 2.1.5 %s%s<%s@%s>", person->name ? person->name : "",
                            person->name ? " " : "", person->login, host->domain);
  else if (place == GPO_PLACE_ALIAS)
    text = g_strdup_printf ("250 2.1.5 <%s>", path);
  /* Elsewhere is not ours to verify: 252 (RFC 5321 §3.5.3). */
  gpo_smtp_answer (server, GPO_SMTP_IN_VRFY, place == GPO_PLACE_NOWHERE ? GPO_REFUSED : GPO_OK, text, NULL);
}

void
gpo_smtp_expn (GpoSmtpServer *server, GpoSlice argument)
{
  GpoHost *host = server->server_host;
  if (argument.length == 0)
    {
      gpo_smtp_answer (server, GPO_SMTP_IN_EXPN, GPO_SYNTAX, "501 5.5.4 syntax: EXPN list", NULL);
      return;
    }
  if (!host->vrfy)
    {
      gpo_smtp_answer (server, GPO_SMTP_IN_EXPN, GPO_UNSUPPORTED, NULL, NULL);
      return;
    }
  g_autofree char *name = asked_name (argument);
  char **members = gpo_host_place (host, name, NULL) == GPO_PLACE_ALIAS ? gpo_host_alias (host, name) : NULL;
  if (!members)
    {
      gpo_smtp_answer (server, GPO_SMTP_IN_EXPN, GPO_REFUSED, NULL, NULL);
      return;
    }
  g_autoptr (GString) text = g_string_new (NULL);
  for (char **m = members; *m; m++)
    g_string_append_printf (text, "%s250%c2.1.5 <%s>", m == members ? "" : "\n", m[1] ? '-' : ' ', *m);
  gpo_smtp_answer (server, GPO_SMTP_IN_EXPN, GPO_OK, text->str, NULL);
}
