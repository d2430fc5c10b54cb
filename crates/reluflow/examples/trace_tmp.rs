#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]
use ndarray::{Array1, array};
use reluflow::flow::*; use reluflow::initialisation::Balanced; use reluflow::random::Purpose; use reluflow::observe::*; use reluflow::*;
fn main(){
  let scale:f64=std::env::args().nth(1).unwrap().parse().unwrap();
  let t:f64=std::env::args().nth(2).unwrap().parse().unwrap();
  let angles: Array1<f64> = array![0.3, 1.6, 2.9];
  let x = ndarray::stack![ndarray::Axis(1), angles.mapv(f64::cos), angles.mapv(f64::sin)];
  let data=Dataset::new(x, array![1.0, -0.7, 0.5]).unwrap();
  let seed=TrialSeed{root:1,n:3,d:2,p:50,draw:0};
  let net=InitialisationLaw::Balanced(Balanced{scale,..Balanced::default()}).sample(50,&data,&mut seed.generator(Purpose::Initialisation)).unwrap();
  for m in [Method::Exact(Exact::default()), Method::Flow(Flow::default())]{
    let s=Problem{stops:Stops{trap:true,time:Some(t),..Stops::default()},record:Record{observables:vec![],when:When::Every(1)},..Problem::new(&data,&net,m)}.solve().unwrap();
    println!("{} {:?}",s.verdict, s.counts);
    if matches!(m,Method::Flow(_)) { for r in s.trajectory.rows(){ println!("t {:.4} step {} ev {} L {:.8e}",r.time,r.step,r.evaluations,r.loss);} }
    else { let mut last=1e9; for r in s.trajectory.rows(){ if (r.loss-last).abs()>0.02*last {println!("t {:.4}  L {:.8e}",r.time,r.loss); last=r.loss;} } }
  }
}
