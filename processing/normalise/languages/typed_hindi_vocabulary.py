"""Words that show that a sentence in Latin letters is Hindi. Data.

Words of English are left out, unless Hindi uses them far more often in such sentences ("main" and "log" are left out, "kal" is not).
"""

LATIN_WORDS = frozenset(
    """bje bajey pohocha pahucha pahuch pohoch pohochta pahunch aadha aadhe aadhi aadmi aaj aana aane aankh aao aaoge
    aap aapka aapke aapki aapko aasan aata aate aath aati aaunga aaungi aaya aaye aayega aayegi aayenge aayi abhi
    accha acche acchi acha achha achhe achi adhai adrak agar aisa aise aisi alag aloo andar apna apne apni aspatal
    aur aurat baad baaki baar baarish baat baatcheet baatein bacche bacha bachao bachat bachcha bachche bache
    bachega bachegi bachha bachi bada bade badi bahar bahot bahut baitho baje bakaya baki bana banao banaya banaye
    banayi banta bante banti barah barish bas bata bataiye batana batao bataya bataye bazar becha bechna becho behan
    behen beti bhada bhai bhara bhari bhej bheja bhejdo bheje bheji bhejiye bhejna bhejo bhi bhool bhul bhula bhuno
    bich bika bikta bilkul bohot bol bola bole boli bolna bolo bolta bolte bukhar bura buri byaj chaar chacha chaha
    chahie chahiye chahta chahte chahti chal chala chale chalees chali chalis chalna chalne chalo chalta chalte
    chalti chalu chammach charo chautha chawal cheeni cheez cheezein cheezen cheh chhe chhota chhote chhoti chini
    chota chote choti chuka chukaya chuke chuki chunav daal daalein daalo dadi dafa dala dalein daliye dalna dalo
    dard daud dava dawa dawai dedh dekar deke dekh dekha dekhe dekhi dekhna dekho dena dene denge desh deta dete
    deti dhaan dhai dhanyavaad dhanyawad dhoop dijiye dijiyega dikkat din diya diye diyi dobara dono doodh doonga
    doosra doosri dopahar dopeher dost dubara dudh dukaan dukan dunga dungi duniya dus dusra dusri ek fasal fasl
    gaadi gaanv gadi galat gaon garam garmi gaya gaye gayi gehu gehun ghadi ghanta ghante ghar ghee goli gussa gya
    gyarah gyi haa haan haar haara haare haari haath hafta hafte hai hain haldi hamara hamare hamari hame hamein
    hamesha hawa hazaar hazar ho hoga hogaya hogayi hogi hogya hona honge hoon hota hote hoti hu hua hue hui hum
    humara humare humari humein humko humne hun idhar ilaj inhone inka inke inki iska iske iski isko isliye isme
    ismein isne itna itne itni jaana jaane jaao jaata jaate jaati jab jabki jagah jaise jaldi jana jao jaoge jaruri
    jata jate jati jaunga jaungi jawaab jawab jaye jayega jayegi jayenge jeet jeeta jeete jeeti jeevan jhooth ji
    jinhe jinka jiska jiske jiski jisko jisme jisne jyada ka kaafi kaam kaatein kaato kab kabhi kaha kahan kaisa
    kaise kaisi kal kamra kar kardena kardi kardiya kardo kare kareeb karega karegi karein karenge karib karke
    karliya karlo karna karne karni karo karod karoge karta karte karti karunga karungi karva karwa karwao karza
    katein katori kaun kaunsa kaunsi ke khaali khali khana khane khansi khao kharab kharch kharcha khareed khareeda
    khareedna kharid kharida kharidna khatam khaya khaye khel khela khele kheli khelna khet khud khula khule khulega
    khulegi khuli khulta khulti khush khushi ki kidhar kijiye kijiyega kinka kiraya kisan kisi kiska kiske kiski
    kisko kisne kitaab kitab kitna kitne kitni kiya kiye ko koi kripaya kripya kuch kuchh kya kyon kyonki kyu kyuki
    kyun kyunki laana ladka ladke ladki ladkiyan laga lagbhag lage lagega lagegi lagenge lagi lagta lagte lagti laya
    laye layi lehsun lekar leke lekin lene lenge leta lete leti lijiye likha likhi likhna likho liya liye loonga
    lunga lungi madad magar mahanga mahina mahine mai maine makaan makan mangaya mangwa mangwao mangwaya matlab
    mausam mausi meetha mehenga mehnga mehnge mehngi mein mera mere meri mila milao milaye milayein milega milegi
    milenge mili milkar milna milta milte milti minat mirch mujhe mujhko mushkil naa naam nahi nahin namak namaskar
    namaste naraz nau naukri naya naye nayi ne neeche neta nhi nikal nikala nikali nikalna nikalo nikla nikle paanch
    paani paas pachaas pachas pada pade padega padegi padha padhna padho padi padta padti pahle paisa pakao panch
    pani pareshani parso pata pati patni paune pe peeche peelo peena peeso pehla pehle pehli phir piche pina piya
    poora poori pucha puchho pucho pura purana purane purani pyaar pyaaz pyar pyaz kilo raasta raat raha rahe rahega
    rahegi rahenge rahi rahta rahte rahti rakha rakhe rakhein rakhen rakhi rakhna rakho rasta rehna rehta rehte
    rehti roti roz rozana ruko rupaiye rupay rupaye saadhe saal saamne saat saath sab sabji sabka sabke sabki sabko
    sabzi sach sadak sadhe sahi sakta sakte sakti samajh samay samjha samjhe samjho samne sardi sarkari sasta saste
    sasti sath sau sava sawaal se seeti shaam shayad shehar sheher shukriya shuru sirf socha sochna socho subah suna
    suni sunna suno taaki taaza tak takreeban tamatar tankhwah taraf tareekh tarikh taza teeno teesra teesri tera
    tere teri tha thand thanda thandi theek thhe thi thik thoda thode thodi tisra tisri toh toota toote tooti tootna
    tu tujhe tum tumhara tumhare tumhari tumhe tumne turant ubaal ubalein ubalo udaas udhaar udhar umra unhe unhone
    unka unke unki unko upar uska uske uski usko usmein usne utna vakt vala vali vapas varna waala waale waali waha
    wahan waisa waise wala wale wali wapas waqt warna wo woh yaad yaar yaha yahan ye yeh zaroor zaroori zarur
    zindagi zukam zyada""".split()
)

LATIN_ENDINGS = tuple(
    "iyega unga ungi oonga oongi ayega aayega eega egi oge ogi aoge yenge aenge oenge wala wali wale".split()
)
"""Endings of verbs and adjectives that no word of English has."""
