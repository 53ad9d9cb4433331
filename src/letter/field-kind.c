/* SPDX-License-Identifier: MIT */
/* field-kind.c: the names that standards give to fields of mail.
 *
 * Who calls it: the letter's facts (src/replay), which tell a reader what came from whom. */
#include "letter/field-kind.h"

static const struct
{
  GpoHeaderKind kind;
  const char *const *names;
} kinds[] = {
  /* RFC 5322 §3.6.7; what checks found on the way is put among them */
  { GPO_HEADER_TRACE,
    (const char *const[]){ "Received", "Return-Path", "Delivered-To", "Authentication-Results",
                           "Received-SPF", "DKIM-Signature", NULL } },
  /* RFC 5322 §3.6 */
  { GPO_HEADER_STANDARD,
    (const char *const[]){ "Date",        "From",        "Sender",      "Reply-To",
                           "To",          "Cc",          "Bcc",         "Message-ID",
                           "In-Reply-To", "References",  "Subject",     "Comments",
                           "Keywords",    "Resent-Date", "Resent-From", "Resent-Sender",
                           "Resent-To",   "Resent-Cc",   "Resent-Bcc",  "Resent-Message-ID",
                           NULL } },
  /* RFC 2045 §3 */
  { GPO_HEADER_MIME, (const char *const[]){ "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
                                            "Content-ID", "Content-Description", "Content-Disposition",
                                            "Content-Language", "Content-Location", "Content-MD5", NULL } },
  { GPO_HEADER_LIST, (const char *const[]){ "List-Id", "List-Post", "List-Help", "List-Unsubscribe",
                                            "List-Unsubscribe-Post", "List-Subscribe", "List-Archive",
                                            "List-Owner", "Precedence", "Auto-Submitted", NULL } },
};

GpoHeaderKind
gpo_header_kind (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (const char *const *p = kinds[i].names; *p; p++)
      if (g_ascii_strcasecmp (*p, name) == 0)
        return kinds[i].kind;
  return g_ascii_strncasecmp (name, "X-", 2) == 0 ? GPO_HEADER_OWN : GPO_HEADER_OTHER;
}

const char *
gpo_header_kind_name (GpoHeaderKind kind)
{
  static const char *const names[] = { "trace", "standard", "MIME", "list", "X-", "other" };
  return names[kind];
}
