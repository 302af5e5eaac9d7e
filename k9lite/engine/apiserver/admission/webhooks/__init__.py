"""Admission webhooks: programs that change or refuse what is written, asked over HTTPS.

A write is one synchronous transaction. Where it needs the answer of a webhook that it has not got, it ends in
`Unanswered`, nothing is stored, the webhook is asked, and the write begins anew with the answer at hand.
"""
