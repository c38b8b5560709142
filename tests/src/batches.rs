//! How far a figure of one run may be from the truth: the method of batch means.
//!
//! A run is cut into batches so long that what happens in one says nothing about the next; the spread of their
//! figures then gives the standard error of the whole (Law and Kelton, "Simulation Modeling and Analysis"). Where
//! neighbouring batches are still alike they are joined, down to 20.

/// Fewer batches say too little about their spread.
pub const FEWEST: usize = 20;

/// The figures of consecutive batches of one run.
#[derive(Clone, Debug)]
pub struct Batches(Vec<f64>);

impl Batches {
    /// Takes the figures of consecutive batches, joining neighbours until they are independent.
    ///
    /// # Panics
    /// If even 20 batches are alike: the run is too short to say anything.
    pub fn new(figures: Vec<f64>) -> Batches {
        let mut batches = Batches(figures);
        while batches.lag_one() > batches.noise() && batches.0.len() >= 2 * FEWEST {
            batches = Batches(batches.0.chunks_exact(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect());
        }
        let (found, noise) = (batches.lag_one(), batches.noise());
        assert!(batches.0.len() >= FEWEST, "{} batches are too few", batches.0.len());
        assert!(found <= 1.5 * noise, "neighbouring batches correlate by {found:.2}; make the run longer");
        batches
    }

    /// Mean of the batches.
    pub fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    /// Standard error of the mean.
    pub fn standard_error(&self) -> f64 {
        let mean = self.mean();
        let squares: f64 = self.0.iter().map(|figure| (figure - mean) * (figure - mean)).sum();
        let count = self.0.len() as f64;
        (squares / (count - 1.0) / count).sqrt()
    }

    /// Correlation of neighbours.
    fn lag_one(&self) -> f64 {
        let mean = self.mean();
        let squares: f64 = self.0.iter().map(|figure| (figure - mean) * (figure - mean)).sum();
        let products: f64 = self.0.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
        if squares > 0.0 { products / squares } else { 0.0 }
    }

    /// What independent batches may show by chance, two standard deviations.
    fn noise(&self) -> f64 {
        2.0 / (self.0.len() as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_that_of_the_textbook() {
        let batches = Batches::new((0..20).map(|i| if i % 3 == 0 { 1.0 } else { 4.0 }).collect());
        assert!((batches.mean() - 2.95).abs() < 1e-12);
        // Seven ones and thirteen fours: variance 9 * 7 * 13 / 20 / 19, over 20 batches.
        assert!((batches.standard_error() - (9.0 * 91.0 / 20.0 / 19.0 / 20.0f64).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn alike_neighbours_are_joined() {
        let batches = Batches::new((0..80).map(|i| f64::from(i / 8 % 2)).collect());
        assert_eq!(batches.0.len(), FEWEST);
    }

    #[test]
    #[should_panic(expected = "make the run longer")]
    fn a_trend_is_refused() {
        Batches::new((0..40).map(f64::from).collect());
    }
}
