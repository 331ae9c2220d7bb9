{
 "drpost": false,
 "drMessage": null,
 "services": [
  {
   "serviceName": "Pear Mail",
   "redirectUrl": null,
   "messages": []
  }
 ]
}
