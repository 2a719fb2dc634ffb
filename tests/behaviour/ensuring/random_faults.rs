//! `ensure` under random faults: never two of a thing.

use atlas_export_tests::{CredentialKind, exportable, fault, seconds};

use super::{ensure_job, exports, registered, start, wanted};

/// Three in ten requests meet a fault, resets after the effect among them; whoever repeats a
/// failed `ensure` until it succeeds has one bucket and one export.
#[tokio::test]
async fn under_200_scripts_of_random_faults_there_are_never_two() {
    for kind in CredentialKind::BOTH {
        let mut calls = 0;
        let mut faults = 0;
        for seed in 0..200 {
            let lag = seconds(seed % 30);
            let scene = start(exportable().creations_show_after(lag))
                .await
                .known_by(kind);
            scene.clock.real_guards();
            // Silence would have to be waited out in real time.
            scene.fake.faults_by(move |head| {
                fault(seed, head).filter(|fault| !format!("{fault:?}").contains("Silence"))
            });
            for attempt in 0.. {
                calls += 1;
                if let Ok(ensured) = scene.buckets.ensure(wanted()).await {
                    assert!(attempt > 0 || ensured.is_created(), "seed {seed}");
                    break;
                }
                scene.clock.advance(seconds(30));
                assert!(attempt < 50, "seed {seed} never succeeds");
            }
            for attempt in 0.. {
                calls += 1;
                if ensure_job(&scene).await.is_ok() {
                    break;
                }
                scene.clock.advance(seconds(30));
                assert!(attempt < 50, "seed {seed} never succeeds");
            }
            assert_eq!(registered(&scene), 1, "seed {seed}: buckets");
            assert_eq!(exports(&scene), 1, "seed {seed}: exports");
            faults += scene
                .fake
                .requests()
                .iter()
                .filter(|r| r.fault.is_some())
                .count();
        }
        println!(
            "200 scripts, {kind:?}: {calls} calls of ensure, {faults} faults, one bucket and one export each"
        );
        assert!(faults > 400, "only {faults} faults");
    }
}
