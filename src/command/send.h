/* SPDX-License-Identifier: MIT */
/* send.h: the parts of `glasspost send`: cmd-send.c (the call), send-office.c (where to, if nobody says). */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* Athens' submission in the default world. */
#define GPO_SEND_DEFAULT "127.0.0.1:11587"

typedef struct
{
  char *server; /* HOST:PORT */
  char *ca;     /* a PEM file: the authority that certified it; NULL: not known */
} GpoSendOffice;

/* The submission port of the running office's host where `from` lives (else the first one's), or the default
 * world's if no office runs. */
void gpo_send_find_office (const char *from, GpoSendOffice *out);
void gpo_send_office_clear (GpoSendOffice *office);

G_END_DECLS
