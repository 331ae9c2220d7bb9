{
 "drpost": false,
 "drMessage": null,
 "services": [
  {
   "serviceName": "Pear Mail",
   "redirectUrl": null,
   "events": []
  },
  {
   "serviceName": "Pear Maps",
   "redirectUrl": null,
   "events": []
  },
  {
   "serviceName": "Pear Pay & Wallet",
   "redirectUrl": null,
   "events": []
  }
 ]
}
