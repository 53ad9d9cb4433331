/* SPDX-License-Identifier: MIT */
/* machines.c: the list of all machines. */
#include "protocol/imap-client.h"
#include "protocol/imap.h"
#include "protocol/pop3-client.h"
#include "protocol/pop3.h"
#include "protocol/queue.h"
#include "protocol/smtp.h"

const GpoMachine *const gpo_machines[] = {
  &gpo_smtp_server_machine, &gpo_smtp_client_machine, &gpo_queue_machine,       &gpo_imap_server_machine,
  &gpo_pop3_server_machine, &gpo_imap_client_machine, &gpo_pop3_client_machine, NULL,
};
