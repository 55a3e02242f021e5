"""Sounds of English words that the rules of letters miss, as Indian English says them. Data.

The words are common ones of bank, travel, health, trade and talk; IPA without stress.
"""

EXCEPTIONS = dict(
    pair.split("=")
    for pair in """position=poʊzɪʃən solution=sɒljuːʃən revolution=revəljuːʃən agent=eɪdʒɛɳʈ agency=eɪdʒɛnsiː climate=klaɪmeʈ monthly=mə̃θliː conductor=kəɳɖəkʈər benefit=benɪfɪʈ the=d̪ə a=ə i=aɪ is=ɪz are=aːr was=vɒz were=vər be=biː been=biːn have=hæv has=hæz had=hæd do=ɖuː does=ɖʌz
    done=ɖʌn you=juː your=joʊr for=foʊr or=ɔr he=hiː she=ʃiː we=viː me=miː my=maɪ they=d̪eɪ their=d̪ɛr
    there=d̪ɛr this=d̪ɪs that=d̪æʈ these=d̪iːz those=d̪oʊz then=d̪ɛn than=d̪æn with=vɪd̪ of=ɒf to=ʈuː two=ʈuː
    too=ʈuː who=huː whom=huːm what=vɒʈ where=vɛr one=vʌn once=vʌns some=sʌm come=kʌm any=ɛniː many=mɛniː
    said=sɛɖ says=sɛz again=əgɛn could=kuɖ would=vuɖ should=ʃuɖ put=puʈ push=puʃ pull=pul full=ful good=guɖ
    book=buk look=luk took=ʈuk cook=kuk foot=fuʈ wood=vuɖ blood=blʌɖ flood=flʌɖ love=lʌv above=əbʌv give=gɪv
    live=lɪv get=gɛʈ girl=gərl gift=gɪfʈ begin=bɪgɪn women=vɪmen woman=vumən people=piːpəl friend=frɛɳɖ
    bread=brɛɖ head=hɛɖ dead=ɖɛɖ health=hɛlθ heart=haːrʈ heard=hərɖ earth=ərθ learn=lərn early=ərliː break=breɪk
    great=greɪʈ bear=bɛr wear=vɛr four=foʊr hour=aʊər our=aʊər honest=ɒnɛsʈ island=aɪlɛɳɖ answer=aːnsər
    listen=lɪsən half=haːf calm=kaːm talk=ʈɔk walk=vɔk call=kɔl all=ɔl small=smɔl water=vɔʈər want=vɒɳʈ war=vɔr
    warm=vɔrm work=vərk word=vərɖ world=vərlɖ bank=bæ̃k account=əkaʊnʈ amount=əmaʊnʈ order=ɔrɖər payment=peɪmɛɳʈ
    balance=bælens credit=kreɖɪʈ debit=ɖebɪʈ loan=loʊn card=kaːrɖ number=nə̃bər code=koʊɖ password=paːsvərɖ
    office=ɒfɪs station=sʈeɪʃən train=ʈreɪn ticket=ʈɪkɛʈ bus=bəs flight=flaɪʈ airport=ɛrpoʊrʈ hotel=hoʊʈəl
    hospital=hɒspɪʈəl doctor=ɖɒkʈər police=pulɪs school=skuːl college=kɒleɪdʒ university=juːnɪvərsɪʈiː
    teacher=ʈiːtʃər student=sʈuːɖɛɳʈ exam=ɛgzaːm result=rɪzəlʈ class=klaːs pass=paːs last=laːsʈ fast=faːsʈ
    past=paːsʈ ask=aːsk bath=baːθ plant=plaːɳʈ chance=tʃaːns dance=ɖaːns computer=kə̃pjuːʈər mobile=moʊbaɪl
    phone=foʊn message=mɛseɪdʒ email=iːmeɪl internet=ɪɳʈərneʈ online=ɒnlaɪn website=vebsaɪʈ video=viːɖɪoʊ
    photo=foʊʈoʊ camera=kæməraː battery=bæʈəriː charger=tʃaːrdʒər data=ɖeɪʈaː app=æp update=əpɖeɪʈ
    service=sərvɪs customer=kəsʈəmər care=kɛr help=hɛlp please=pliːz sorry=sɒriː thank=θæ̃k thanks=θæ̃ks
    hello=hɛloʊ yes=jɛs no=noʊ so=soʊ go=goʊ ok=oʊkeɪ okay=oʊkeɪ time=ʈaɪm minute=mɪnəʈ minutes=mɪnəʈs
    second=sɛkɛɳɖ seconds=sɛkɛɳɖs week=viːk month=mənθ year=ɪər today=ʈuɖeɪ tomorrow=ʈumɒroʊ morning=mɔrnɪ̃g
    evening=iːvnɪ̃g night=naɪʈ monday=mə̃ɖeɪ tuesday=ʈjuːzɖeɪ wednesday=venzɖeɪ thursday=θərzɖeɪ friday=fraɪɖeɪ
    saturday=sæʈərɖeɪ sunday=sə̃ɖeɪ january=dʒɛnuəriː february=fɛbruəriː march=maːrtʃ april=əprɛl may=meɪ
    june=dʒuːn july=dʒulaɪ august=ɔgəsʈ september=sɪʈɛ̃bər october=ɒkʈuːbər november=nəvɛ̃bər december=ɖɪsɛ̃bər
    zero=ziːroʊ three=θriː five=faɪv six=sɪks seven=sevən eight=eɪʈ nine=naɪn ten=ʈɛn eleven=ɪlevən twelve=ʈvɛlv
    thirteen=θərʈiːn fourteen=foʊrʈiːn fifteen=fɪfʈiːn sixteen=sɪksʈiːn seventeen=sevənʈiːn eighteen=eɪʈiːn
    nineteen=naɪnʈiːn twenty=ʈvɛɳʈiː thirty=θərʈiː forty=fɔrʈiː fifty=fɪfʈiː sixty=sɪksʈiː seventy=sevəɳʈiː
    eighty=eɪʈiː ninety=naɪɳʈiː hundred=hə̃ɖreɖ thousand=θaʊzɛɳɖ lakh=laːkʰ crore=kəroʊɽ million=mɪljən
    billion=bɪljən first=fərsʈ third=θərɖ fourth=foʊrθ fifth=fɪfθ rupee=rupiː rupees=rupiːz paise=pɛseː
    percent=pərsɛɳʈ point=pɔɪɳʈ plus=pləs minus=maɪnəs dot=ɖɒʈ at=æʈ slash=slæʃ dash=ɖæʃ kilometer=kɪloʊmiːʈər
    kilometers=kɪloʊmiːʈərs kilogram=kɪloʊgraːm liter=liːʈər doctorate=ɖɒkʈreʈ medicine=meɖɪsɪn tablet=ʈæbleʈ
    capsule=kæpsuːl syrup=sɪrəp fever=fiːvər sugar=ʃugər pressure=preʃər test=ʈɛsʈ report=rɪpoʊrʈ policy=pɒlɪsiː
    market=maːrkɛʈ price=praɪs offer=ɒfər discount=ɖɪskaʊɳʈ sale=seɪl free=friː delivery=ɖɪlɪvəriː return=rɪʈərn
    refund=rɪfə̃ɖ cancel=kænsəl booking=bukɪ̃g shopping=ʃɒpɪ̃g cricket=krɪkɛʈ match=mætʃ score=skoʊr over=oʊvər
    overs=oʊvərs wicket=vɪkɛʈ team=ʈiːm player=pleɪər captain=kæpʈən final=faɪnəl cup=kəp minister=mɪnɪsʈər
    election=ɪlɛkʃən vote=voʊʈ party=paːrʈiː company=kə̃pəniː business=bɪznes manager=mæneɪdʒər meeting=miːʈɪ̃g
    project=prɒdʒekʈ movie=muːviː music=mjuːzɪk radio=reɪɖɪoʊ television=ʈelɪvɪʒən news=njuːz hero=hiːroʊ
    style=sʈaɪl type=ʈaɪp problem=prɒbləm system=sɪsʈəm level=levəl model=mɒɖəl india=ɪ̃ɖɪaː english=ɪ̃glɪʃ
    hindi=hɪ̃d̪iː telugu=ʈelugu google=guːgəl amazon=əmezɒn whatsapp=vɒʈsɛp youtube=juːʈjuːb facebook=feɪsbuk
    nasa=naːsaː isro=ɪsroʊ covid=koʊvɪɖ pin=pɪn pan=pæn home=hoʊm house=haʊs door=ɖoʊr floor=floʊr room=ruːm
    road=roʊɖ street=sʈriːʈ city=sɪʈiː village=vɪleɪdʒ country=kəɳʈriː bike=baɪk car=kaːr driver=ɖraɪvər
    petrol=peʈroʊl family=fæmɪliː father=faːd̪ər mother=məd̪ər brother=brəd̪ər sister=sɪsʈər child=tʃaɪlɖ
    children=tʃɪlɖrən baby=beɪbiː boss=bɒs sir=sər madam=mæɖəm mister=mɪsʈər missus=mɪsɛz size=saɪz color=kələr
    white=vaɪʈ black=blæk red=reɖ green=griːn blue=bluː new=njuː old=oʊlɖ right=raɪʈ left=lefʈ next=nekst
    only=oʊnliː very=veriː more=moʊr most=moʊsʈ both=boʊθ also=ɔlsoʊ because=bɪkɒz before=bɪfoʊr after=aːfʈər
    between=bɪʈviːn about=əbaʊʈ other=əd̪ər another=ənəd̪ər every=ɛvriː always=ɔlveɪz never=nevər
    confirm=kənfərm information=ɪ̃fərmeɪʃən important=ɪ̃pɔrʈɛɳʈ emergency=ɪmərdʒɛnsiː complaint=kə̃pleɪɳʈ
    application=æplɪkeɪʃən address=ɛɖres license=laɪsɛns passport=paːspoʊrʈ wifi=vaɪfaɪ hifi=haɪfaɪ
    keyboard=kiːboʊrɖ button=bəʈən insurance=ɪ̃ʃjoʊrɛns premium=priːmɪəm engineer=ɪ̃dʒɪniːr engine=ɪ̃dʒən
    government=gəvərnmɛɳʈ diesel=ɖiːzəl electricity=ɪlekʈrɪsɪʈiː vaccine=væksiːn restaurant=resʈoʊrɛɳʈ
    biscuit=bɪskɪʈ chocolate=tʃɒkleʈ coffee=kɒfiː machine=məʃiːn apple=æpəl medical=meɖɪkəl digital=ɖɪdʒɪʈəl
    channel=tʃænəl signal=sɪgnəl factory=fækʈəriː history=hɪsʈəriː apartment=əpaːrʈmɛɳʈ software=sɒfʈvɛr
    hardware=haːrɖvɛr director=ɖaɪrekʈər private=praɪveʈ public=pəblɪk lecture=lekʈʃər future=fjuːtʃər
    picture=pɪktʃər nature=neɪtʃər culture=kəltʃər feature=fiːtʃər temperature=ʈẽpəreɪtʃər degree=ɖɪgriː
    certificate=səʈɪfɪkeʈ budget=bədʒəʈ subject=səbdʒekʈ object=ɒbdʒekʈ lunch=lə̃tʃ brunch=brə̃tʃ ground=graʊnɖ
    operation=ɒpəreɪʃən operator=ɒpəreɪʈər surgery=sərdʒəriː nurse=nərs ambulance=æ̃bjulɛns injection=ɪ̃dʒekʃən
    virus=vaɪrəs cancer=kænsər diabetes=ɖaɪəbiːʈiːz vitamin=vɪʈaːmɪn protein=proʊʈiːn schedule=ʃeɖjuːl
    route=ruːʈ metro=meʈroʊ auto=ɔʈoʊ cab=kæb taxi=ʈæksiː scooter=skuːʈər cycle=saɪkəl vehicle=viːhɪkəl
    garage=gɛraːdʒ tower=ʈaʊər power=paʊər shower=ʃaʊər fire=faɪər tyre=ʈaɪər tire=ʈaɪər wire=vaɪər hire=haɪər
    cooler=kuːlər cinema=sɪnemaː theatre=θɪeʈər theater=θɪeʈər studio=sʈuːɖɪoʊ serial=siːrɪəl album=ælbəm
    guitar=gɪʈaːr piano=pɪaːnoʊ football=fuʈbɔl hockey=hɒkiː tennis=ʈenɪs stadium=sʈeɪɖɪəm medal=meɖəl
    champion=tʃæ̃pɪən league=liːg tournament=ʈuːrnaːmɛɳʈ coach=koʊtʃ umpire=əmpaɪər bowler=boʊlər
    batsman=bæʈsmɛn innings=ɪnɪ̃gs stock=sʈɒk share=ʃɛr profit=prɒfɪʈ salary=sælɛriː bonus=boʊnəs income=ɪ̃kəm
    invoice=ɪ̃vɔɪs receipt=rɪsiːʈ cheque=tʃek branch=braːntʃ cash=kæʃ wallet=vɒleʈ transfer=ʈraːnsfər
    transaction=ʈraːnzækʃən statement=sʈeɪʈmɛɳʈ signature=sɪgnetʃər verify=verɪfaɪ register=redʒɪsʈər
    login=lɒgɪn logout=lɒgaʊʈ profile=proʊfaɪl setting=seʈɪ̃g settings=seʈɪ̃gs notification=noʊʈɪfɪkeɪʃən
    server=sərvər network=neʈvərk wireless=vaɪərles bluetooth=bluːʈuːθ speaker=spiːkər microphone=maɪkroʊfoʊn
    monitor=mɒnɪʈər printer=prɪɳʈər folder=foʊlɖər file=faɪl image=ɪmeɪdʒ icon=aɪkɒn menu=menjuː search=sərtʃ
    browser=braʊzər parcel=paːrsəl courier=kuːrɪər pizza=pɪdzaː burger=bərgər sandwich=sænɖvɪtʃ cake=keɪk
    juice=dʒuːs soup=suːp salad=sælaːɖ butter=bəʈər cheese=tʃiːz bottle=bɒʈəl glass=glaːs plate=pleʈ
    platform=pleʈfɒrm spoon=spuːn kitchen=kɪtʃən fridge=frɪdʒ freezer=friːzər table=ʈeɪbəl chair=tʃɛr
    sofa=soʊfaː carpet=kaːrpeʈ curtain=kərʈən lawyer=lɔjər judge=dʒədʒ court=koʊrʈ jail=dʒeɪl army=aːrmiː
    officer=ɒfɪsər guard=gaːrɖ colony=kɒloʊniː society=soʊsaɪʈiː building=bɪlɖɪ̃g lift=lɪfʈ parking=paːrkɪ̃g
    garden=gaːrɖən park=paːrk science=saɪɛns maths=mæθs biology=baɪɒlɒdʒiː chemistry=kemɪsʈriː physics=fɪzɪks
    geography=dʒɪɒgraːfiː library=laɪbrɛriː pencil=pensɪl notebook=noʊʈbuk uniform=juːnɪfɒrm area=eɪrɪaː
    era=eraː idea=aɪɖɪaː opera=ɒperaː drama=ɖraːmaː comedy=kɒmeɖiː romance=roʊmaːns actor=ækʈər actress=ækʈres
    dialogue=ɖaɪlɒg script=skrɪpʈ author=ɔθər editor=eɖɪʈər press=pres magazine=mægziːn weather=ved̪ər
    cyclone=saɪkloʊn tsunami=sunaːmiː current=kərɛɳʈ voltage=voʊlʈeɪdʒ meter=miːʈər plug=pləg switch=svɪtʃ
    cable=keɪbəl charge=tʃaːrdʒ scheme=skiːm subsidy=səbsɪɖiː committee=kəmeʈiː council=kaʊ̃sɪl
    parliament=paːrlɪaːmɛɳʈ president=preːzɪɖɛɳʈ governor=gəvərnər mayor=meɪər collector=kəlekʈər double=ɖəbəl
    group=gruːp local=loʊkəl design=ɖɪzaɪn general=dʒənərəl national=neɪʃənəl course=koʊrs source=soʊrs
    force=foʊrs resource=rɪsoʊrs horse=hɔrs purse=pərs control=kəɳʈroʊl contact=kɒɳʈækʈ error=ɛrər
    balcony=bɑːlkəniː process=proʊses program=proʊgraːm programme=proʊgraːm regular=regjulər
    security=sɪkjoʊrɪʈiː safety=seɪfʈiː visit=vɪzɪʈ senior=siːnɪər junior=dʒuːnɪər theory=θɪəriː
    question=kveʃtʃən finance=faɪnæns interview=ɪɳʈərvjuː event=ɪveɳʈ division=ɖɪvɪʒən target=ʈaːrgeʈ
    support=səpoʊrʈ sport=spoʊrʈ sports=spoʊrʈs present=prezeɳʈ presence=prezɛns reserve=rɪzərv
    reservation=rɪzərveɪʃən resort=rɪzɔrʈ museum=mjuːzɪəm reason=riːzən season=siːzən total=ʈoʊʈəl social=soʊʃəl
    global=gloʊbəl notice=noʊʈɪs moment=moʊmɛɳʈ focus=foʊkəs open=oʊpən member=mɛ̃bər modern=mɒɖərn body=bɒɖiː
    money=məniː monkey=mə̃kiː honey=həniː london=lə̃ɖən cotton=kɒʈən politics=pɒlɪʈɪks product=proʊɖəkʈ
    production=proʊɖəkʃən tomato=ʈəmeɪʈoʊ potato=pəʈeɪʈoʊ mango=mæ̃goʊ orange=ɒrɛ̃dʒ banana=bənaːnaː grape=grep
    finger=fɪ̃gər tiger=ʈaɪgər anger=ɛ̃gər hunger=hə̃gər danger=ɖeɪ̃dʒər gate=geɪʈ gas=gæs guest=gɛsʈ guide=gaɪɖ
    radar=reɪɖaːr cigar=sɪgaːr bazaar=baːzaːr dollar=ɖɒlər euro=juːroʊ pound=paʊɳɖ collar=kɒlər
    cancelled=kænsəlɖ developer=ɖevələpər develop=ɖevələp development=ɖevələpmɛɳʈ deposit=ɖɪpɒzɪʈ demand=ɖɪmaːnɖ
    desk=ɖɛsk department=ɖɪpaːrʈmɛɳʈ research=rɪsərtʃ response=rɪspɒns rescue=reskjuː rate=reɪʈ rating=reɪʈɪ̃g
    review=rɪvjuː reply=rɪplaɪ request=rɪkvesʈ require=rɪkvaɪər retire=rɪʈaɪər basic=besɪk classic=klaːsɪk
    passenger=pæsɛ̃dʒər disaster=ɖɪzaːsʈər episode=epɪsoʊɖ promise=prɒmɪs ocean=oʊʃən chef=ʃɛf champagne=ʃæ̃peɪn
    brochure=broʊʃər stomach=sʈəmək chaos=keɪɒs character=kærɛkʈər architect=aːrkɪʈekʈ orchestra=ɔrkesʈraː
    echo=ekoʊ quiet=kvaɪeʈ diet=ɖaɪeʈ diary=ɖaɪriː trial=ʈraɪəl dial=ɖaɪəl giant=dʒaɪəɳʈ client=klaɪəɳʈ
    lion=laɪən oxygen=ɒksiːdʒən hydrogen=haɪɖroʊdʒən permit=pərmɪʈ perfect=pərfekʈ person=pərsən
    personal=pərsənəl agriculture=ægrɪkəltʃər adult=əɖəlʈ consult=kənsəlʈ under=ə̃ɖər uncle=ə̃kəl until=əɳʈɪl
    unit=juːnɪʈ union=juːnɪən united=juːnaɪʈeɖ unique=juːniːk use=juːz user=juːzər used=juːzɖ useful=juːsful
    busy=bɪziː easy=iːziː physical=fɪzɪkəl visa=viːzaː cause=kɔz close=kloʊz closed=kloʊzɖ choose=tʃuːz
    noise=nɔɪz exercise=ɛksərsaɪz surprise=sərpraɪz advise=ædvaɪz advice=ædvaɪs device=ɖɪvaɪs practice=præktɪs
    justice=dʒəsʈɪs piece=piːs peace=piːs space=speɪs face=feɪs place=pleɪs north=nɔrθ south=saʊθ east=iːsʈ
    west=vesʈ center=sɛɳʈər centre=sɛɳʈər metre=miːʈər litre=liːʈər kilometre=kɪloʊmiːʈər travel=ʈrævəl
    label=leɪbəl novel=nɒvəl panel=pænəl tunnel=ʈənəl motel=moʊʈəl gallery=gæləriː lottery=lɒʈəriː
    bakery=beɪkəriː grocery=groʊsəriː story=sʈoʊriː glory=gloʊriː memory=meməriː category=kæʈəgəriː
    primary=praɪməriː secondary=sɛkɛɳɖəriː anniversary=ænɪvərsəriː birthday=bərθɖeɪ holiday=hɒlɪɖeɪ
    highway=haɪveɪ railway=relveɪ subway=səbveɪ gateway=geɪʈveɪ language=læ̃gveɪdʒ luggage=ləgeɪdʒ
    package=pækeɪdʒ percentage=pərsɛɳʈeɪdʒ storage=sʈoʊreɪdʒ damage=ɖæmeɪdʒ average=ævreɪdʒ
    advantage=ədvaːɳʈeɪdʒ marriage=mæreɪdʒ coverage=kəvreɪdʒ sewage=siːveɪdʒ""".split()
)
