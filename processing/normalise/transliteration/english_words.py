"""Sounds of English words that the rules of letters miss, as Indian English says them. Data.

The words are common ones of bank, travel, health, trade and talk; IPA without stress.
"""

EXCEPTIONS = dict(
    pair.split("=")
    for pair in """the=d̪ə a=ə i=aɪ is=ɪz are=aːr was=vɒz were=vər be=biː been=biːn have=hæv has=hæz had=hæd do=ɖuː
    does=ɖʌz done=ɖʌn you=juː your=joʊr for=foʊr or=ɔr he=hiː she=ʃiː we=viː me=miː my=maɪ they=d̪eɪ their=d̪ɛr
    there=d̪ɛr this=d̪ɪs that=d̪æʈ these=d̪iːz those=d̪oʊz then=d̪ɛn than=d̪æn with=vɪd̪ of=ɒf to=ʈuː
    two=ʈuː too=ʈuː who=huː whom=huːm what=vɒʈ where=vɛr one=vʌn once=vʌns some=sʌm come=kʌm any=ɛniː
    many=mɛniː said=sɛɖ says=sɛz again=əgɛn could=kuɖ would=vuɖ should=ʃuɖ put=puʈ push=puʃ pull=pul
    full=ful good=guɖ book=buk look=luk took=ʈuk cook=kuk foot=fuʈ wood=vuɖ blood=blʌɖ flood=flʌɖ
    love=lʌv above=əbʌv give=gɪv live=lɪv get=gɛʈ girl=gərl gift=gɪfʈ begin=bɪgɪn women=vɪmen
    woman=vumən people=piːpəl friend=frɛɳɖ bread=brɛɖ head=hɛɖ dead=ɖɛɖ health=hɛlθ heart=haːrʈ
    heard=hərɖ earth=ərθ learn=lərn early=ərliː break=breɪk great=greɪʈ bear=bɛr wear=vɛr four=foʊr
    hour=aʊər our=aʊər honest=ɒnɛsʈ island=aɪlɛɳɖ answer=aːnsər listen=lɪsən half=haːf calm=kaːm
    talk=ʈɔk walk=vɔk call=kɔl all=ɔl small=smɔl water=vɔʈər want=vɒɳʈ war=vɔr warm=vɔrm work=vərk
    word=vərɖ world=vərlɖ bank=bæ̃k account=əkaʊnʈ amount=əmaʊnʈ order=ɔrɖər payment=peɪmɛɳʈ
    balance=bælens credit=kreɖɪʈ debit=ɖebɪʈ loan=loʊn card=kaːrɖ number=nə̃bər code=koʊɖ
    password=paːsvərɖ office=ɒfɪs station=sʈeɪʃən train=ʈreɪn platform=plæʈfɔrm ticket=ʈɪkɛʈ bus=bəs
    flight=flaɪʈ airport=ɛrpɔrʈ hotel=hoʊʈəl hospital=hɒspɪʈəl doctor=ɖɒkʈər police=pulɪs school=skuːl
    college=kɒlɛdʒ university=juːnɪvərsɪʈiː teacher=ʈiːtʃər student=sʈuːɖɛɳʈ exam=ɛgzaːm result=rɪzəlʈ
    class=klaːs pass=paːs last=laːsʈ fast=faːsʈ past=paːsʈ ask=aːsk bath=baːθ plant=plaːɳʈ chance=tʃaːns
    dance=ɖaːns computer=kə̃pjuːʈər mobile=moʊbaɪl phone=foʊn message=mɛsedʒ email=iːmeɪl
    internet=ɪɳʈərneʈ online=ɒnlaɪn website=vebsaɪʈ video=viːɖɪoʊ photo=foʊʈoʊ camera=kæmraː
    battery=bæʈriː charger=tʃaːrdʒər data=ɖeɪʈaː app=æp update=əpɖeɪʈ service=sərvɪs customer=kəsʈəmər
    care=kɛr help=hɛlp please=pliːz sorry=sɒriː thank=θæ̃k thanks=θæ̃ks hello=hɛloʊ yes=jɛs no=noʊ
    so=soʊ go=goʊ ok=oʊkeɪ okay=oʊkeɪ time=ʈaɪm minute=mɪnəʈ minutes=mɪnəʈs second=sɛkɛɳɖ
    seconds=sɛkɛɳɖs week=viːk month=mənθ year=jɪər today=ʈuɖeɪ tomorrow=ʈumɒroʊ morning=mɔrnɪ̃g
    evening=iːvnɪ̃g night=naɪʈ monday=mə̃ɖeɪ tuesday=ʈjuːzɖeɪ wednesday=venzɖeɪ thursday=θərzɖeɪ
    friday=fraɪɖeɪ saturday=sæʈərɖeɪ sunday=sə̃ɖeɪ january=dʒɛnuəriː february=fɛbruəriː march=maːrtʃ
    april=əprɛl may=meɪ june=dʒuːn july=dʒulaɪ august=ɔgəsʈ september=sɪʈɛ̃bər october=ɒkʈuːbər
    november=nəvɛ̃bər december=ɖɪsɛ̃bər zero=ziːroʊ three=θriː five=faɪv six=sɪks seven=sevən eight=eɪʈ
    nine=naɪn ten=ʈɛn eleven=ɪlevən twelve=ʈvɛlv thirteen=θərʈiːn fourteen=foʊrʈiːn fifteen=fɪfʈiːn
    sixteen=sɪksʈiːn seventeen=sevənʈiːn eighteen=eɪʈiːn nineteen=naɪnʈiːn twenty=ʈvɛɳʈiː thirty=θərʈiː
    forty=fɔrʈiː fifty=fɪfʈiː sixty=sɪksʈiː seventy=sevəɳʈiː eighty=eɪʈiː ninety=naɪɳʈiː hundred=hə̃ɖreɖ
    thousand=θaʊzɛɳɖ lakh=laːkʰ crore=kəroʊɽ million=mɪljən billion=bɪljən first=fərsʈ third=θərɖ
    fourth=foʊrθ fifth=fɪfθ rupee=rupiː rupees=rupiːz paise=pɛseː percent=pərsɛɳʈ point=pɔɪɳʈ plus=pləs
    minus=maɪnəs dot=ɖɒʈ at=æʈ slash=slæʃ dash=ɖæʃ kilometer=kɪloʊmiːʈər kilometers=kɪloʊmiːʈərs
    meter=miːʈər kilogram=kɪloʊgraːm liter=liːʈər doctorate=ɖɒkʈərɛʈ medicine=meɖɪsɪn tablet=ʈæbleʈ
    capsule=kæpsuːl syrup=sɪrəp fever=fiːvər sugar=ʃugər pressure=preʃər test=ʈɛsʈ report=rɪpɔrʈ
    insurance=ɪ̃ʃoʊrɛns policy=pɒlɪsiː market=maːrkɛʈ price=praɪs offer=ɒfər discount=ɖɪskaʊɳʈ sale=seɪl
    free=friː delivery=ɖɪlɪvəriː return=rɪʈərn refund=rɪfə̃ɖ cancel=kænsəl booking=bukɪ̃g
    shopping=ʃɒpɪ̃g cricket=krɪkɛʈ match=mætʃ score=skoʊr over=oʊvər overs=oʊvərs wicket=vɪkɛʈ team=ʈiːm
    player=pleɪər captain=kæpʈən final=faɪnəl cup=kəp government=gəvərnmɛɳʈ minister=mɪnɪsʈər
    election=ɪlɛkʃən vote=voʊʈ party=paːrʈiː company=kə̃pəniː business=bɪznes manager=mænedʒər
    meeting=miːʈɪ̃g project=prɒdʒekʈ movie=muːviː music=mjuːzɪk radio=reɪɖɪoʊ television=ʈelɪvɪʒən
    news=njuːz hero=hiːroʊ style=sʈaɪl type=ʈaɪp problem=prɒbləm system=sɪsʈəm level=levəl model=mɒɖəl
    india=ɪ̃ɖɪaː english=ɪ̃glɪʃ hindi=hɪ̃d̪iː telugu=ʈelugu google=guːgəl amazon=əmezɒn whatsapp=vɒʈsɛp
    youtube=juːʈjuːb facebook=feɪsbuk nasa=naːsaː isro=ɪsroʊ covid=koʊvɪɖ pin=pɪn pan=pæn home=hoʊm
    house=haʊs door=ɖoʊr floor=floʊr room=ruːm road=roʊɖ street=sʈriːʈ city=sɪʈiː village=vɪledʒ
    country=kəɳʈriː bike=baɪk car=kaːr driver=ɖraɪvər petrol=peʈroʊl family=fæmɪliː father=faːd̪ər
    mother=məd̪ər brother=brəd̪ər sister=sɪsʈər child=tʃaɪlɖ children=tʃɪlɖrən baby=beɪbiː boss=bɒs
    sir=sər madam=mæɖəm mister=mɪsʈər missus=mɪsɛz size=saɪz color=kələr white=vaɪʈ black=blæk red=reɖ
    green=griːn blue=bluː new=njuː old=oʊlɖ right=raɪʈ left=lefʈ next=nekst only=oʊnliː very=veriː
    more=moʊr most=moʊsʈ both=boʊθ also=ɔlsoʊ because=bɪkɒz before=bɪfoʊr after=aːfʈər between=bɪʈviːn
    about=əbaʊʈ other=əd̪ər another=ənəd̪ər every=ɛvriː always=ɔlveɪz never=nevər confirm=kənfərm
    information=ɪ̃fərmeɪʃən important=ɪ̃pɔrʈɛɳʈ emergency=ɪmərdʒɛnsiː complaint=kə̃pleɪɳʈ
    application=æplɪkeɪʃən address=ɛɖres license=laɪsɛns passport=paːspɔrʈ""".split()
)
