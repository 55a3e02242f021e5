"""English words whose usual spelling in Telugu differs from their sounds in Indian English. Data."""

SPELLINGS = dict(
    pair.split("=")
    for pair in """police=పోలీస్ camera=కెమెరా company=కంపెనీ mobile=మొబైల్ office=ఆఫీస్ policy=పాలసీ captain=కెప్టెన్
    election=ఎలక్షన్ elections=ఎలక్షన్స్ electricity=ఎలక్ట్రిసిటీ electric=ఎలక్ట్రిక్ diesel=డీజిల్ vaccine=వ్యాక్సిన్
    restaurant=రెస్టారెంట్ biscuit=బిస్కెట్ apple=యాపిల్ machine=మెషిన్ manager=మేనేజర్ delivery=డెలివరీ email=ఈమెయిల్
    premium=ప్రీమియం stadium=స్టేడియం government=గవర్నమెంట్ insurance=ఇన్సూరెన్స్ colony=కాలనీ society=సొసైటీ
    secretary=సెక్రటరీ injection=ఇంజెక్షన్ operation=ఆపరేషన్ tournament=టోర్నమెంట్ judge=జడ్జి officer=ఆఫీసర్
    english=ఇంగ్లీష్ collector=కలెక్టర్ committee=కమిటీ council=కౌన్సిల్ cancel=క్యాన్సిల్ cylinder=సిలిండర్ pencil=పెన్సిల్
    parcel=పార్సిల్ petrol=పెట్రోల్ percent=పర్సెంట్ minute=మినిట్ license=లైసెన్స్ garage=గ్యారేజ్ magazine=మ్యాగజైన్
    medicine=మెడిసిన్ chocolate=చాక్లెట్ category=కేటగిరీ registration=రిజిస్ట్రేషన్ register=రిజిస్టర్ history=హిస్టరీ
    double=డబుల్ uncle=అంకుల్ temple=టెంపుల్ model=మోడల్ process=ప్రాసెస్ sample=శాంపిల్ bridge=బ్రిడ్జ్ dinner=డిన్నర్
    language=లాంగ్వేజ్ contact=కాంటాక్ట్ oxygen=ఆక్సిజన్ position=పొజిషన్ security=సెక్యూరిటీ table=టేబుల్ single=సింగిల్
    bottle=బాటిల్ cycle=సైకిల్ budget=బడ్జెట్ fridge=ఫ్రిడ్జ్ client=క్లయింట్ finance=ఫైనాన్స్ dollar=డాలర్ driver=డ్రైవర్
    december=డిసెంబర్ january=జనవరి february=ఫిబ్రవరి april=ఏప్రిల్ july=జులై platform=ప్లాట్‌ఫాం plate=ప్లేట్
    system=సిస్టమ్ problem=ప్రాబ్లమ్ family=ఫ్యామిలీ battery=బ్యాటరీ gallery=గ్యాలరీ salary=శాలరీ ambulance=అంబులెన్స్
    hotel=హోటల్ number=నంబర్ million=మిలియన్ billion=బిలియన్ university=యూనివర్సిటీ director=డైరెక్టర్ engineer=ఇంజనీర్""".split()
)
