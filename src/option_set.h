/* What takes the arguments of options that name something: each is for a row of the table, which says what is returned. */
#ifndef PONGD_OPTION_SET_H
#define PONGD_OPTION_SET_H

#include "option_table.h"

option_setter option_set_interface;
option_setter option_set_answer;
option_setter option_set_except;
option_setter option_set_list;
option_setter option_set_read;
option_setter option_set_write;
option_setter option_set_metrics;
option_setter option_set_expect;
option_setter option_set_control;
option_setter option_set_pid_file;
option_setter option_set_facility;
option_setter option_set_link_type;
option_setter option_set_rule;
option_setter option_set_rules;
option_setter option_set_fault;
option_setter option_set_user;
option_setter option_set_mac;

#endif
