"""Convolutional networks: small Keras models, trained, used and compared without ceremony.

TensorFlow is imported here and nowhere else, and keeps quiet.
"""

from .augmentation.augmenting import Augmentation, augmented
from .baselines import Thresholds, dice_by_slice, fit_thresholds
from .boxes.circumstances import circumstances, outcomes, recall_by
from .boxes.counting import at_scores, counting_scores
from .boxes.detecting import detect, detection_maps
from .boxes.images import BoxedImages, boxed_images, boxed_study
from .boxes.losses import detection_loss
from .boxes.maps import box_encoder, decode_maps, encode_boxes
from .boxes.windows import mean_object, slide
from .candidates import candidates
from .contest import contest
from .data.degradation import add_bias_field, add_rician_noise
from .data.labelled import LabelledSlices, fit_to, labelled_slices, random_crops
from .data.slices import even_out, with_neighbours
from .data.splits import Split, split, split_patients, split_slices
from .describing import describe
from .explanation import (
    SanityCheck,
    border_in_words,
    grad_cam,
    heat_at_border,
    integrated_gradients,
    occlusion,
    sanity_check,
)
from .generation.adversarial import GanTraining, fit_gan
from .generation.generating import Nearest, frechet_distance, generate, nearest_training
from .generation.synthetic import Synthetic, cnn_against_gan, enlarged, training_megabytes, with_synthetic
from .kernels import convolve, evidence
from .models import Gan, classifier, detector, gan, unet
from .prediction.embedding import embed
from .prediction.predicting import feature_maps, predict, predict_each
from .prediction.temperature import apply_temperature, calibration_error, fit_temperature
from .prediction.tiles import predict_bands, predict_tiles, segment_tiles
from .prediction.uncertainty import entropy, mutual_information, spread
from .serving import Network, load_network
from .storing import load, load_card, save
from .studies import classification_study, prediction_table
from .training.ensembles import Ensemble, ensemble, join
from .training.fitting import Training, fit
from .training.live import LiveTraining, fit_live
from .training.losses import cross_entropy, cross_entropy_dice, dice, focal, tversky
from .training.metrics import MeanDice
from .validation import cross_validate

__all__ = [
    "Augmentation",
    "BoxedImages",
    "Ensemble",
    "Gan",
    "GanTraining",
    "LabelledSlices",
    "LiveTraining",
    "MeanDice",
    "Nearest",
    "Network",
    "SanityCheck",
    "Split",
    "Synthetic",
    "Thresholds",
    "Training",
    "add_bias_field",
    "add_rician_noise",
    "apply_temperature",
    "at_scores",
    "augmented",
    "border_in_words",
    "box_encoder",
    "boxed_images",
    "boxed_study",
    "calibration_error",
    "candidates",
    "circumstances",
    "classification_study",
    "classifier",
    "cnn_against_gan",
    "contest",
    "convolve",
    "counting_scores",
    "cross_entropy",
    "cross_entropy_dice",
    "cross_validate",
    "decode_maps",
    "describe",
    "detect",
    "detection_loss",
    "detection_maps",
    "detector",
    "dice",
    "dice_by_slice",
    "embed",
    "encode_boxes",
    "enlarged",
    "ensemble",
    "entropy",
    "even_out",
    "evidence",
    "feature_maps",
    "fit",
    "fit_gan",
    "fit_live",
    "fit_temperature",
    "fit_thresholds",
    "fit_to",
    "focal",
    "frechet_distance",
    "gan",
    "generate",
    "grad_cam",
    "heat_at_border",
    "integrated_gradients",
    "join",
    "labelled_slices",
    "load",
    "load_card",
    "load_network",
    "mean_object",
    "mutual_information",
    "nearest_training",
    "occlusion",
    "outcomes",
    "predict",
    "predict_bands",
    "predict_each",
    "predict_tiles",
    "prediction_table",
    "random_crops",
    "recall_by",
    "sanity_check",
    "save",
    "segment_tiles",
    "slide",
    "split",
    "split_patients",
    "split_slices",
    "spread",
    "training_megabytes",
    "tversky",
    "unet",
    "with_neighbours",
    "with_synthetic",
]
