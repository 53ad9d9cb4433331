/* SPDX-License-Identifier: MIT */
/* fault.h: a rule that makes something go wrong on purpose: `when FILTER do ACTION`, so many times.
 *
 *     delay TIME        the line is read, or the reply sent, later
 *     reply CODE TEXT   a command is not carried out and gets this reply; a reply is replaced
 *     drop              the connection is cut
 *     down              the host goes down
 *     corrupt           a command arrives damaged and is not understood; so does a reply's text
 *     greylist          the same command gets 451 at first and is carried out the next time
 *
 * The gate (gate.h) asks which rules match and acts. */
#pragma once
#include "trace/filter.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_FAULT_DELAY,
  GPO_FAULT_REPLY,
  GPO_FAULT_DROP,
  GPO_FAULT_DOWN,
  GPO_FAULT_CORRUPT,
  GPO_FAULT_GREYLIST
} GpoFaultKind;

typedef struct
{
  char *name;
  GpoSymbol host; /* the host it was set for, whose map shows it; 0: any that `when` lets pass */
  GpoFilter *when;
  char *action; /* as written: "delay 2s" */
  GpoFaultKind kind;
  gint64 delay;     /* µs on the office's clock */
  char *reply;      /* "451 4.3.0 Not now" */
  guint times;      /* 0: always */
  guint acted;      /* how often it did */
  GHashTable *seen; /* greylist: commands that were put off */
} GpoFault;

#define GPO_FAULT_ERROR (gpo_fault_error_quark ())
GQuark gpo_fault_error_quark (void);
typedef enum
{
  GPO_FAULT_ERROR_WHEN,
  GPO_FAULT_ERROR_DO
} GpoFaultError;

/* NULL and *error, which says which part is wrong and what is allowed there. */
GpoFault *gpo_fault_new (const char *name, const char *when, const char *action, guint times, GError **error);
void gpo_fault_free (GpoFault *fault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoFault, gpo_fault_free)
/* Whether it has acted as often as it was to. */
gboolean gpo_fault_is_spent (const GpoFault *fault);

G_END_DECLS
