/* SPDX-License-Identifier: MIT */
/* reenact-auth.c: AUTH (RFC 4954), AUTHENTICATE and LOGIN (RFC 3501 §6.2), USER and PASS (RFC 1939 §7) said
 * anew. */
#include "replay/reenact-auth.h"
#include <string.h>

void
gpo_reauth_clear (GpoReauth *auth)
{
  g_clear_pointer (&auth->sasl, gpo_sasl_free);
  g_clear_pointer (&auth->challenge, g_free);
}

void
gpo_reauth_hear (GpoReauth *auth, const GpoAnswer *answer)
{
  const char *space = answer->words ? strchr (answer->words, ' ') : NULL;
  g_clear_pointer (&auth->challenge, g_free);
  if (answer->status[0] == '3' || g_str_equal (answer->status, "+"))
    auth->challenge = g_strdup (space ? space + 1 : "");
}

/* Whether the exchange that step i belongs to let the person in. */
static gboolean
was_granted (const GpoScript *script, guint i)
{
  for (i++; i < script->steps->len; i++)
    {
      const GpoStep *step = script->steps->pdata[i];
      if (step->kind != GPO_STEP_ANSWER || step->answer->status[0] == '3'
          || g_str_equal (step->answer->status, "+") || !*step->answer->status)
        continue;
      return gpo_answer_accepts (step->answer);
    }
  return FALSE;
}

static gboolean
is_challenge_response (const char *mechanism)
{
  return g_ascii_strncasecmp (mechanism, "SCRAM-", 6) == 0
         || g_ascii_strncasecmp (mechanism, "CRAM-", 5) == 0;
}

/* "AUTH MECHANISM [initial]" and "tag AUTHENTICATE MECHANISM [initial]". */
static char *
begin_sasl (GpoReauth *auth, const GpoScript *script, const char *text, const char *name,
            const char *password, const char **problem)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint at = script->protocol == GPO_PROTOCOL_IMAP ? 2 : 1, n = g_strv_length (words);
  gpo_reauth_clear (auth);
  if (n <= at || (!name && !is_challenge_response (words[at])))
    return NULL;
  const char *user = name ? name : script->person;
  if (!user || !password)
    {
      *problem
          = "this login answers a challenge; name and password must be given (--login) to compute the answer";
      return NULL;
    }
  auth->sasl = gpo_sasl_client_new (words[at], user, password, NULL);
  if (!auth->sasl)
    {
      *problem = "the mechanism of this login is not known here, so its answer cannot be computed";
      return NULL;
    }
  if (n <= at + 1)
    return NULL; /* without initial response: the line stays */
  g_autofree char *initial = NULL;
  gpo_sasl_step (auth->sasl, NULL, &initial, NULL);
  g_free (words[at + 1]);
  words[at + 1] = g_strdup (initial && *initial ? initial : "=");
  g_autofree char *line = g_strjoinv (" ", words);
  return g_strconcat (line, "\r\n", NULL);
}

static char *
go_on (GpoReauth *auth)
{
  g_autofree char *output = NULL;
  gboolean first = !auth->challenge || !*auth->challenge;
  GpoSaslStep step = gpo_sasl_step (
      auth->sasl,
      first && gpo_sasl_client_first (gpo_sasl_mechanism_of (auth->sasl)) ? NULL : auth->challenge, &output,
      NULL);
  gboolean good = step == GPO_SASL_MORE || step == GPO_SASL_DONE;
  return g_strconcat (good ? (output ? output : "") : "*", "\r\n", NULL);
}

/* A quoted string of RFC 3501 §9. */
static char *
quoted (const char *text)
{
  GString *out = g_string_new ("\"");
  for (; *text; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

static char *
plain_line (const GpoStep *step, const char *text, const char *name, const char *password)
{
  if (strcmp (step->verb, "USER") == 0)
    return g_strdup_printf ("USER %s\r\n", name);
  if (strcmp (step->verb, "PASS") == 0)
    return g_strdup_printf ("PASS %s\r\n", password ? password : "");
  gsize length = strlen (text);
  if (strcmp (step->verb, "LOGIN") != 0 || (length && text[length - 1] == '}'))
    return NULL;
  g_autofree char *tag = g_strndup (text, strcspn (text, " ")), *n = quoted (name),
                  *p = quoted (password ? password : "");
  return g_strdup_printf ("%s LOGIN %s %s\r\n", tag, n, p);
}

char *
gpo_reauth_line (GpoReauth *auth, const GpoScript *script, guint i, const char *name, const char *password,
                 const char **problem)
{
  const GpoStep *step = script->steps->pdata[i];
  if (strcmp (step->verb, "response") == 0)
    return auth->sasl ? go_on (auth) : NULL;
  if (!step->line || !was_granted (script, i))
    return NULL;
  g_autofree char *text = gpo_step_words (step);
  if (strcmp (step->verb, "AUTH") == 0 || strcmp (step->verb, "AUTHENTICATE") == 0)
    return begin_sasl (auth, script, text, name, password, problem);
  return name ? plain_line (step, text, name, password) : NULL;
}
