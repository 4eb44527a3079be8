. /tmp/lab/env.sh
export MARKS=i0,i1,i2,init,m-05-virtio_pci.ko,m-07-net_failover.ko,m-08-virtio_net.ko,modules,n1,n2,network,ssh
for i in $(seq 1 $1); do
 echo floor $(node /tmp/lab/floor1.ts)
 echo base $(INITRD=/tmp/lab/initrd-marks bash /tmp/lab/st.sh)
 echo bg $(INITRD=/tmp/lab/initrd-bg bash /tmp/lab/st.sh)
 echo bgins $(INITRD=/tmp/lab/initrd-bgins bash /tmp/lab/st.sh)
 echo bgla57 $(CPU=max,cx16=off,la57=off INITRD=/tmp/lab/initrd-bgins bash /tmp/lab/st.sh)
 echo floorla57 $(CPU=max,cx16=off,la57=off node /tmp/lab/floor1.ts)
done
