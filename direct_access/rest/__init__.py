"""What IBM's REST APIs for quantum jobs have in common: endpoints, answers, refusals."""
