"""Our own sentences by name: the English source that `locales/*/phrases.po` translate.

A phrase is added here; a test then asks every locale for it with the same placeholders.
Placeholders in capitals ({STOP}, {HELP} …) become the command word of the reader's language.
Every sentence must be safe on a shared phone, plain, and one segment where possible.
"""

from types import MappingProxyType

PHRASES = MappingProxyType(
    {
        # --- first contact -------------------------------------------------------------------
        "notice": (
            "{responsible} asks how safe people feel, to plan a safer city. Voluntary; texts cost"
            " your normal rate. Only totals are published. Nobody reads live: in danger"
            " call {emergency}. {STOP} ends, {HELP} for your rights."
        ),
        "notice_languages": "{languages}: send the name.",
        "agree_question": "Do you agree?",
        "agree": "I agree",
        "decline": "No",
        "declined": (
            "Thank you. We ask nothing. In danger call {emergency}."
            " Write again if you change your mind."
        ),
        "age_question": "How old are you? Reply in years, for example 34.",
        "too_young": (
            "Thank you. This is for people of {age} and older, so we kept nothing you wrote."
            " Mistyped? Write again. In danger call {emergency}."
        ),
        "too_young_talk": (
            "Thank you. This is for people of {age} and older, so we kept nothing you wrote."
            " Mistyped? Write again. To talk to someone call {numbers}. In danger call {emergency}."
        ),
        "age_needed": (
            "Thank you. Without your age we cannot go on, so we kept nothing you wrote."
            " In danger call {emergency}."
        ),
        # --- commands ------------------------------------------------------------------------
        "stopped": (
            "You will get no more messages from us. {START} brings you back."
            " In danger call {emergency}."
        ),
        "welcome_back": "Welcome back.",
        "help": (
            "In danger call {emergency}. {responsible} asks how safe people feel; a program"
            " answers, nobody reads live. {STOP} ends, {LANGUAGE} changes language,"
            " {BACK} goes back, {SKIP} passes."
            " Your rights: {MY_DATA} shows what we hold, {DELETE_ME} erases it."
        ),
        "help_complaint": "Complaints: {regulator}",
        "language_question": "Choose a language:",
        "language_set": "From now on we write in English.",
        "language_offer": "In English: send English.",
        "survey_languages": "These questions are not in English yet. Choose a language:",
        "survey_only_in": "These questions are in {language}, not in English yet.",
        "back_none": "There is nothing to go back to.",
        "back_limit": "You have gone back as often as we can here.",
        "nothing_to_skip": "There is no question to skip now.",
        "my_data": (
            "We hold, sealed: your number; your texts for {days} days; pictures for {picture_days};"
            " own words in answers for a year. Language: {language}."
            " Age: {age}. Answers: {answers}. Agreed on: {agreed}. {DELETE_ME} erases it."
        ),
        "my_data_little": "We hold nothing but this text and your number, for {days} days.",
        "delete_question": (
            "Erase what we hold about you? Answers stay only as codes that nobody can link to you."
        ),
        "delete_yes": "Erase",
        "delete_no": "Keep",
        "deleted": (
            "Done. Nothing here is linked to you. You can delete this chat on your phone too."
        ),
        "delete_kept": "Nothing was erased.",
        "link_code": (
            "To go on from another number or app of yours, send {LINK} {code} there within"
            " {minutes} minutes. Keep it to yourself."
        ),
        "linked": "Linked: we go on here.",
        "link_wrong": (
            "That code is not right or too old. Send {LINK} on your first phone or app for a"
            " new one."
        ),
        "late": "Your message came late. This is where we are now.",
        "edited": (
            "Changing a sent message does not change your answer. {BACK} goes back one question."
        ),
        # --- during a survey -----------------------------------------------------------------
        "not_understood": "Sorry, we did not understand.",
        "ambiguous": "Which one do you mean?",
        "reply_choice": "Please reply with one number, for example {example}.",
        "no_such_number": "{number} is not one of the choices.",
        "several_unclear": "We understood only {options}. Please send all your choices as numbers.",
        "noted": "We noted: {taken}.",
        "one_at_a_time": "One answer at a time, please.",
        "remark_question": "A program asks here, nobody reads live. {HELP} for help.",
        "remark_noted": "Thank you for writing.",
        "passed_on": "Thank you. Your message goes to the people who look after this.",
        "age_why": "We may ask people of {age} or older only, so we ask this first.",
        "reply_number": "Please reply with a number.",
        "reply_age": "Please reply with your age in years, for example 34.",
        "age_of_year": "Are you {low} or {high} years old? Please reply with your age.",
        "reply_date": "Please reply with a date, for example {example}.",
        "did_you_mean": "Did you mean this one?",
        "another_place": "Another place",
        "place_more": "Several places are called that. Please reply with more of the name.",
        "place_link": "We cannot open links. Please reply with the name of the place.",
        "reply_place": "Please reply with the name of a place.",
        "reply_whole_date": "Please reply with day, month and year, for example {example}.",
        "date_to_come": "That day is still to come. Please reply with a day up to today.",
        "out_of_range": "Please choose between {low} and {high}.",
        "too_many": "Please choose at most {most}.",
        "too_few": "Please choose at least {least}.",
        "not_with_others": '"{option}" cannot be chosen with others.',
        "empty": "Your message came without words.",
        "no_media": "We cannot open pictures or voice notes here. Please reply in words.",
        "old_question": "That question is closed.",
        "moving_on": "We go on. In danger call {emergency}.",
        "several_hint": "Several are fine, for example: 1 3",
        "rank_hint": "Order them, the most important first, for example: 2 1 3",
        "skip_hint": "({SKIP} to pass)",
        "photo_hint": "Please send a picture, or {SKIP} if you cannot.",
        "no_photo": "No picture came with your message.",
        "yes": "Yes",
        "no": "No",
        # --- ends and returns ----------------------------------------------------------------
        "finished": "Thank you. Your answers count, without your name. In danger call {emergency}.",
        "voted": "Thank you. Your answer counts, without your name. In danger call {emergency}.",
        "vote_may_change": "To change it, send another one.",
        "comment_invited": "You can add why in your own words.",
        "vote_changed_to": "Thank you. Your answer is now: {option}.",
        "vote_changed": "Thank you. Your new answer counts now.",
        "vote_stands": "Thank you. Only the first answer counts here, and we have yours.",
        "late_answer": (
            "Thank you. This closed before your answer came, so it is not in the results."
        ),
        "already_done": "Thank you, you have answered already. {HELP} for help.",
        "resume_question": "You have not finished: {title}. Go on now?",
        "resume_no": "All right, we leave it.",
        "nothing_open": "Thank you for writing. To take part send {keyword}. {HELP} for help.",
        "unknown_keyword": "Nothing here is called that. To take part send {keywords}.",
        # --- begun by us ---------------------------------------------------------------------
        "invitation": (
            "{responsible} asks you; voluntary, {STOP} ends. In danger call {emergency}:"
            " nobody reads live."
        ),
        "reminder": "{responsible}: we would still like your answer. {STOP} ends.",
        "announcement": "From {responsible}. {STOP} ends.",
        # --- the menu of commands, where a channel shows one -------------------------------------
        "menu_start": "Take part",
        "menu_help": "Emergency numbers and how this works",
        "menu_language": "Change the language",
        "menu_back": "Go back one question",
        "menu_skip": "Pass on this question",
        "menu_link": "Go on here from another number",
        "menu_my_data": "See what we hold about you",
        "menu_delete_me": "Erase what we hold about you",
        "menu_stop": "Leave and get no more messages",
        # --- danger --------------------------------------------------------------------------
        "safe": "You can call: {numbers}.",
        "danger_now": (
            "Call {numbers} now if you can. Nobody reads this live. Go where you are safe; you need"
            " not answer."
        ),
        "listen": (
            "We are sorry. You are not alone. You can talk to someone: {numbers}. In danger call"
            " {emergency}. We pass nothing on."
        ),
        "listen_young": (
            "We are sorry. You are not alone. You can talk to someone: {numbers}. In danger call"
            " {emergency}. We kept nothing you wrote."
        ),
        "report_nameless": (
            "We left that out: no names or tips here. To tell it without your name call {numbers}."
        ),
        "report": "We left that out: no names or tips here. To report something call {numbers}.",
        "not_live": "In danger call {emergency}: nobody reads this live.",
        # --- what a channel must have made before: the button of a list; texts that may go when ---
        # --- nothing else may, so they only ask for an answer -----------------------------------
        "template_choose": "Choose",
        "template_reply": (
            "This is {responsible}. Our answer to you comes late: write to us again and we go on."
            " {STOP} ends."
        ),
        "template_reminder": (
            "This is {responsible}. You began to answer us and have not finished. Write to us to"
            " go on. {STOP} ends."
        ),
        "template_invitation": (
            "This is {responsible}. We would like to hear from you; it is voluntary. Write to us"
            " to take part. {STOP} ends."
        ),
    }
)
