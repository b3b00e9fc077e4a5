"""Lists as mailing tools export them: the column of the customer is known by its name."""

import pytest

from inbox.web.console.lists.reading import shape_of

# The first columns of exports, as their makers' pages or programs that read them name them; beside
# the customer stands somebody else's address, whom nobody wants to write to.
EXPORTS = {
    "Mailchimp": ("Salesperson", "Email Address", "First Name", "MEMBER_RATING", "OPTIN_TIME"),
    "Mailchimp, es": ("Comercial", "Dirección de correo electrónico", "Nombre"),
    "Brevo": ("OWNER", "EMAIL", "LASTNAME", "FIRSTNAME", "SMS", "EMAIL_BLACKLISTED"),
    "Klaviyo": ("Account Manager", "Email", "Klaviyo ID", "First Name", "Email Marketing Consent"),
    "HubSpot": ("Contact owner", "Record ID - Contact", "First Name", "Email", "Phone Number"),
    "HubSpot, es": ("Propietario del contacto", "ID de registro - Contact", "Correo"),
    "Salesforce Marketing Cloud": ("Advisor", "SubscriberKey", "EmailAddress", "FirstName"),
    "Constant Contact": ("Owner", "Email address", "First name", "Email status"),
    "Customer.io": ("agent", "id", "email", "created_at"),
    "Odoo": ("Salesperson", "Name", "Email"),
    "Odoo, blacklist": ("Created by", "Email Address", "Active"),
}


@pytest.mark.parametrize("tool", EXPORTS)
def test_the_customer_is_found_in_an_export_and_whoever_looks_after_them_is_not(tool: str) -> None:
    names = EXPORTS[tool]
    customer = next(n for n, name in enumerate(names) if (n and "mail" in name.lower())
                    or name == "Correo" or name.startswith("Dirección"))  # fmt: skip
    lines = [names]
    for n in range(3):
        cells = [f"value {n}"] * len(names)
        cells[0], cells[customer] = "bea@shop.example", f"customer{n}@x.example"
        lines.append(tuple(cells))
    # The last customer has no address, so that names decide and not how many there are.
    lines.append(("bea@shop.example", *[""] * (len(names) - 1)))
    text = "\r\n".join(",".join(line) for line in lines).encode()
    shape = shape_of([text], "utf-8", pasted=False)
    assert (shape.name, shape.header, shape.others) == (names[customer], True, 1)
